//! The savings as an SVG.

use std::path::{Path, PathBuf};

use osgraft::path::printable;
use osgraft::share::savings::Savings;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::human::size;

const WIDTH: u32 = 900;
/// Height of one way, and of what is above and below all.
const ROW: u32 = 64;
const AROUND: u32 = 130;
const NOW: RGBColor = RGBColor(38, 96, 148);
const LATER: RGBColor = RGBColor(214, 137, 46);

/// A chart that was not drawn.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw the chart into {}: {said}; name a file in a folder that exists and can be written to", .path.display())]
pub(crate) struct ChartError {
    path: PathBuf,
    said: String,
}

impl ChartError {
    /// A stable name for scripts, in kebab-case.
    pub(crate) fn code(&self) -> &'static str {
        "savings-chart"
    }
}

/// Draws the ways as bars, from the least bytes on by powers of ten.
pub(super) fn draw(savings: &Savings, path: &Path) -> Result<(), ChartError> {
    // Drawn whole first: a chart that fails leaves the old file.
    let mut svg = String::new();
    let failed = |said: String| ChartError {
        path: path.to_owned(),
        said: printable(&said),
    };
    bars(savings, &mut svg).map_err(|e| failed(e.to_string()))?;
    std::fs::write(path, svg).map_err(|e| failed(e.to_string()))
}

fn bars(savings: &Savings, svg: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let rows = savings.ways.len() as u32;
    let area = SVGBackend::with_string(svg, (WIDTH, AROUND + ROW * rows)).into_drawing_area();
    area.fill(&WHITE)?;
    let bytes = savings.ways.iter().flat_map(|way| {
        let after = way.after_update.unwrap_or(way.total);
        [way.total, after]
    });
    let bytes: Vec<f64> = bytes.map(|bytes| bytes.max(1) as f64).collect();
    let most = bytes.iter().copied().fold(1.0, f64::max);
    let least = bytes.iter().copied().fold(most, f64::min);
    // Room for the words behind the longest bar.
    let (from, to) = (10_f64.powf(least.log10().floor()), most * 8.0);
    let caption = format!("Room of {} children on the host's disk", savings.children);
    let mut chart = ChartBuilder::on(&area)
        .caption(caption, ("sans-serif", 22))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(240)
        .build_cartesian_2d((from..to).log_scale(), 0.0..f64::from(rows))?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .light_line_style(WHITE)
        .x_labels(6)
        .x_label_formatter(&|bytes| decimal(*bytes))
        .x_desc("bytes, by powers of ten")
        .label_style(("sans-serif", 14))
        .draw()?;
    let words = ("sans-serif", 15).into_font().color(&BLACK);
    let words = words.pos(Pos::new(HPos::Left, VPos::Center));
    for (row, way) in savings.ways.iter().enumerate() {
        // The first one is on top.
        let base = f64::from(rows) - row as f64;
        let has_two = way.after_update.is_some();
        let mut bar = |bytes: u64, top: f64, bottom: f64, colour: RGBColor, label: String| {
            let end = bytes.max(1) as f64;
            let shape = Rectangle::new([(from, bottom), (end, top)], colour.filled());
            let place = (end * 1.06, f64::midpoint(top, bottom));
            chart.draw_series(std::iter::once(shape))?;
            chart.draw_series(std::iter::once(Text::new(label, place, words.clone())))?;
            Ok::<(), Box<dyn std::error::Error>>(())
        };
        let middle = if has_two { base - 0.5 } else { base - 0.8 };
        bar(way.total, base - 0.14, middle, NOW, size(way.total))?;
        if let Some(after) = way.after_update {
            let label = format!("{} after an update", size(after));
            bar(after, base - 0.5, base - 0.86, LATER, label)?;
        }
        let (x, y) = chart.backend_coord(&(from, base - 0.5));
        let name = words.pos(Pos::new(HPos::Right, VPos::Center));
        area.draw(&Text::new(way.way.as_str(), (x - 10, y), name))?;
    }
    area.present()?;
    Ok(())
}

/// A power of ten in the units that it is one in.
fn decimal(bytes: f64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let at = ((bytes.max(1.0).log10() + 1e-9) / 3.0).floor();
    let at = (at as usize).min(units.len() - 1);
    format!("{:.0} {}", bytes / 1000_f64.powi(at as i32), units[at])
}
