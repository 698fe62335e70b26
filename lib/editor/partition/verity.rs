//! GPT partition types of dm-verity, of the Discoverable Partitions Specification.

/// Hashes and their signatures, for a root or a `/usr`.
pub(super) const TYPES: &[(&str, u128)] = &[
    ("root-alpha-verity", 0xfc56d9e9_e6e5_4c06_be32_e74407ce09a5),
    (
        "root-alpha-verity-sig",
        0xd46495b7_a053_414f_80f7_700c99921ef8,
    ),
    ("root-arc-verity", 0x24b2d975_0f97_4521_afa1_cd531e421b8d),
    (
        "root-arc-verity-sig",
        0x143a70ba_cbd3_4f06_919f_6c05683a78bc,
    ),
    ("root-arm-verity", 0x7386cdf2_203c_47a9_a498_f2ecce45a2d6),
    (
        "root-arm-verity-sig",
        0x42b0455f_eb11_491d_98d3_56145ba9d037,
    ),
    ("root-arm64-verity", 0xdf3300ce_d69f_4c92_978c_9bfb0f38d820),
    (
        "root-arm64-verity-sig",
        0x6db69de6_29f4_4758_a7a5_962190f00ce3,
    ),
    ("root-ia64-verity", 0x86ed10d5_b607_45bb_8957_d350f23d0571),
    (
        "root-ia64-verity-sig",
        0xe98b36ee_32ba_4882_9b12_0ce14655f46a,
    ),
    (
        "root-loongarch64-verity",
        0xf3393b22_e9af_4613_a948_9d3bfbd0c535,
    ),
    (
        "root-loongarch64-verity-sig",
        0x5afb67eb_ecc8_4f85_ae8e_ac1e7c50e7d0,
    ),
    (
        "root-mips-le-verity",
        0xd7d150d2_2a04_4a33_8f12_16651205ff7b,
    ),
    (
        "root-mips-le-verity-sig",
        0xc919cc1f_4456_4eff_918c_f75e94525ca5,
    ),
    (
        "root-mips64-le-verity",
        0x16b417f8_3e06_4f57_8dd2_9b5232f41aa6,
    ),
    (
        "root-mips64-le-verity-sig",
        0x904e58ef_5c65_4a31_9c57_6af5fc7c5de7,
    ),
    ("root-ppc-verity", 0x98cfe649_1588_46dc_b2f0_add147424925),
    (
        "root-ppc-verity-sig",
        0x1b31b5aa_add9_463a_b2ed_bd467fc857e7,
    ),
    (
        "root-ppc64-le-verity",
        0x906bd944_4589_4aae_a4e4_dd983917446a,
    ),
    (
        "root-ppc64-le-verity-sig",
        0xd4a236e7_e873_4c07_bf1d_bf6cf7f1c3c6,
    ),
    ("root-ppc64-verity", 0x9225a9a3_3c19_4d89_b4f6_eeff88f17631),
    (
        "root-ppc64-verity-sig",
        0xf5e2c20c_45b2_4ffa_bce9_2a60737e1aaf,
    ),
    (
        "root-riscv32-verity",
        0xae0253be_1167_4007_ac68_43926c14c5de,
    ),
    (
        "root-riscv32-verity-sig",
        0x3a112a75_8729_4380_b4cf_764d79934448,
    ),
    (
        "root-riscv64-verity",
        0xb6ed5582_440b_4209_b8da_5ff7c419ea3d,
    ),
    (
        "root-riscv64-verity-sig",
        0xefe0f087_ea8d_4469_821a_4c2a96a8386a,
    ),
    ("root-s390-verity", 0x7ac63b47_b25c_463b_8df8_b4a94e6c90e1),
    (
        "root-s390-verity-sig",
        0x3482388e_4254_435a_a241_766a065f9960,
    ),
    ("root-s390x-verity", 0xb325bfbe_c7be_4ab8_8357_139e652d2f6b),
    (
        "root-s390x-verity-sig",
        0xc80187a5_73a3_491a_901a_017c3fa953e9,
    ),
    ("root-tilegx-verity", 0x966061ec_28e4_4b2e_b4a5_1f0a825a1d84),
    (
        "root-tilegx-verity-sig",
        0xb3671439_97b0_4a53_90f7_2d5a8f3ad47b,
    ),
    ("root-x86-64-verity", 0x2c7357ed_ebd2_46d9_aec1_23d437ec2bf5),
    (
        "root-x86-64-verity-sig",
        0x41092b05_9fc8_4523_994f_2def0408b176,
    ),
    ("root-x86-verity", 0xd13c5d3b_b5d1_422a_b29f_9454fdc89d76),
    (
        "root-x86-verity-sig",
        0x5996fc05_109c_48de_808b_23fa0830b676,
    ),
    ("usr-alpha-verity", 0x8cce0d25_c0d0_4a44_bd87_46331bf1df67),
    (
        "usr-alpha-verity-sig",
        0x5c6e1c76_076a_457a_a0fe_f3b4cd21ce6e,
    ),
    ("usr-arc-verity", 0xfca0598c_d880_4591_8c16_4eda05c7347c),
    ("usr-arc-verity-sig", 0x94f9a9a1_9971_427a_a400_50cb297f0f35),
    ("usr-arm-verity", 0xc215d751_7bcd_4649_be90_6627490a4c05),
    ("usr-arm-verity-sig", 0xd7ff812f_37d1_4902_a810_d76ba57b975a),
    ("usr-arm64-verity", 0x6e11a4e7_fbca_4ded_b9e9_e1a512bb664e),
    (
        "usr-arm64-verity-sig",
        0xc23ce4ff_44bd_4b00_b2d4_b41b3419e02a,
    ),
    ("usr-ia64-verity", 0x6a491e03_3be7_4545_8e38_83320e0ea880),
    (
        "usr-ia64-verity-sig",
        0x8de58bc2_2a43_460d_b14e_a76e4a17b47f,
    ),
    (
        "usr-loongarch64-verity",
        0xf46b2c26_59ae_48f0_9106_c50ed47f673d,
    ),
    (
        "usr-loongarch64-verity-sig",
        0xb024f315_d330_444c_8461_44bbde524e99,
    ),
    ("usr-mips-le-verity", 0x46b98d8d_b55c_4e8f_aab3_37fca7f80752),
    (
        "usr-mips-le-verity-sig",
        0x3e23ca0b_a4bc_4b4e_8087_5ab6a26aa8a9,
    ),
    (
        "usr-mips64-le-verity",
        0x3c3d61fe_b5f3_414d_bb71_8739a694a4ef,
    ),
    (
        "usr-mips64-le-verity-sig",
        0xf2c2c7ee_adcc_4351_b5c6_ee9816b66e16,
    ),
    ("usr-ppc-verity", 0xdf765d00_270e_49e5_bc75_f47bb2118b09),
    ("usr-ppc-verity-sig", 0x7007891d_d371_4a80_86a4_5cb875b9302e),
    (
        "usr-ppc64-le-verity",
        0xee2b9983_21e8_4153_86d9_b6901a54d1ce,
    ),
    (
        "usr-ppc64-le-verity-sig",
        0xc8bfbd1e_268e_4521_8bba_bf314c399557,
    ),
    ("usr-ppc64-verity", 0xbdb528a5_a259_475f_a87d_da53fa736a07),
    (
        "usr-ppc64-verity-sig",
        0x0b888863_d7f8_4d9e_9766_239fce4d58af,
    ),
    ("usr-riscv32-verity", 0xcb1ee4e3_8cd0_4136_a0a4_aa61a32e8730),
    (
        "usr-riscv32-verity-sig",
        0xc3836a13_3137_45ba_b583_b16c50fe5eb4,
    ),
    ("usr-riscv64-verity", 0x8f1056be_9b05_47c4_81d6_be53128e5b54),
    (
        "usr-riscv64-verity-sig",
        0xd2f9000a_7a18_453f_b5cd_4d32f77a7b32,
    ),
    ("usr-s390-verity", 0xb663c618_e7bc_4d6d_90aa_11b756bb1797),
    (
        "usr-s390-verity-sig",
        0x17440e4f_a8d0_467f_a46e_3912ae6ef2c5,
    ),
    ("usr-s390x-verity", 0x31741cc4_1a2a_4111_a581_e00b447d2d06),
    (
        "usr-s390x-verity-sig",
        0x3f324816_667b_46ae_86ee_9b0c0c6c11b4,
    ),
    ("usr-tilegx-verity", 0x2fb4bf56_07fa_42da_8132_6b139f2026ae),
    (
        "usr-tilegx-verity-sig",
        0x4ede75e2_6ccc_4cc8_b9c7_70334b087510,
    ),
    ("usr-x86-64-verity", 0x77ff5f63_e7b6_4633_acf4_1565b864c0e6),
    (
        "usr-x86-64-verity-sig",
        0xe7bb33fb_06cf_4e81_8273_e543b413e2e2,
    ),
    ("usr-x86-verity", 0x8f461b0d_14ee_4e81_9aa9_049b6fb97abd),
    ("usr-x86-verity-sig", 0x974a71c0_de41_43c3_be5d_5c5ccd1ad2c0),
];
