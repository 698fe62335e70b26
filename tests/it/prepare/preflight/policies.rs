use super::*;

fn selinux(config: &str) -> MemoryGuest {
    debian()
        .file("/etc/selinux/config", config)
        .file("/etc/selinux/targeted/policy/policy.33", "policy")
}

const ENFORCING: &str = "SELINUX=enforcing\nSELINUXTYPE=targeted\n";
const BASE: &str = "ro,bg,soft,nfsvers=4.1";

#[test]
fn an_enforced_policy_loads_no_module_from_a_share_without_a_context() {
    let (refusal, text) = found_for(selinux(ENFORCING), share());
    assert_eq!(refusal, refused("selinux-module-load"));
    assert!(
        text.contains("/etc/selinux/targeted/policy/policy.33"),
        "{text}"
    );
    let with = |context: &str| found_with(selinux(ENFORCING), &format!("{BASE},context={context}"));
    assert_eq!(with("system_u:object_r:modules_object_t:s0"), nothing());
    assert_eq!(
        with("system_u:object_r:usr_t:s0"),
        told("selinux-module-load")
    );
    for config in [
        "SELINUX=permissive\nSELINUXTYPE=targeted\n",
        "SELINUX=disabled\nSELINUXTYPE=targeted\n",
        "",
    ] {
        assert_eq!(found(selinux(config)), nothing(), "{config}");
    }
    // No other link has modules in it.
    let plain = Share::at("/shared").unwrap();
    assert_eq!(
        found_for(selinux(ENFORCING), plain).0,
        told("selinux-label")
    );
}

#[test]
fn selinux_is_not_enforced_without_a_policy_nor_where_the_command_line_turns_it_off() {
    let bare = debian().file("/etc/selinux/config", ENFORCING);
    assert_eq!(found(bare), told("selinux-label"));
    for word in ["selinux=0", "enforcing=0"] {
        let cfg = format!("menuentry 'x' {{\nlinux /vmlinuz-6.1.0-37-amd64 ro {word}\n}}\n");
        let guest = selinux(ENFORCING).file("/boot/grub/grub.cfg", cfg);
        assert_eq!(found(guest), told("selinux-label"), "{word}");
    }
}

#[test]
fn appraisal_by_ima_is_told() {
    let grub = |words: &str| {
        let cfg = format!("menuentry 'x' {{\nlinux /vmlinuz-6.1.0-37-amd64 {words}\n}}\n");
        debian().file("/boot/grub/grub.cfg", cfg)
    };
    let policy = |text: &str| debian().file("/etc/ima/ima-policy", text);
    for guest in [
        grub("ima_policy=appraise_tcb"),
        grub("ima_policy=tcb|secure_boot"),
        policy("measure func=BPRM_CHECK\nappraise func=MODULE_CHECK appraise_type=imasig\n"),
    ] {
        assert_eq!(found(guest), told("ima-appraise"));
    }
    for guest in [
        grub("ima_policy=tcb"),
        grub("ima_policy=appraise_tcb ima_appraise=log"),
        policy("measure func=MODULE_CHECK\n"),
        policy("# appraise func=MODULE_CHECK\n"),
        policy("dont_appraise fsmagic=0x6969\nappraise func=MODULE_CHECK\n"),
    ] {
        assert_eq!(found(guest), nothing());
    }
}
