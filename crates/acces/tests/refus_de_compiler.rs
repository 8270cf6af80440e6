//! Ce que le compilateur refuse : une donnée personnelle sans permis, un permis fabriqué.

#[test]
fn une_page_sans_permis_ne_compile_pas() {
    trybuild::TestCases::new().compile_fail("tests/refuse/*.rs");
}
