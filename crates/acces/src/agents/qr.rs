use qrcodegen::{QrCode, QrCodeEcc};

/// Marge blanche que la norme exige autour du code, en modules.
const MARGE: i32 = 4;

/// Le code QR d'un texte, en SVG noir sur blanc (il se lit aussi en mode sombre) ; rien s'il est trop long.
pub(crate) fn qr_svg(texte: &str) -> Option<String> {
    let code = QrCode::encode_text(texte, QrCodeEcc::Medium).ok()?;
    let cote = code.size() + 2 * MARGE;
    let mut trace = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                trace.push_str(&format!("M{} {}h1v1h-1z", x + MARGE, y + MARGE));
            }
        }
    }
    Some(format!(
        "<svg viewBox=\"0 0 {cote} {cote}\" width=\"220\" height=\"220\" role=\"img\" \
         aria-label=\"Code QR du compte, à lire avec l’application\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{cote}v{cote}H0z\"/><path fill=\"#000\" d=\"{trace}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_code_qr_est_un_carre_blanc_et_noir() {
        let svg = qr_svg("otpauth://totp/Sillon?secret=ABC").unwrap();
        assert!(svg.starts_with("<svg viewBox=\"0 0 ") && svg.ends_with("</svg>"));
        assert!(svg.matches("h1v1h-1z").count() > 100);
        assert_eq!(qr_svg(&"x".repeat(5_000)), None);
    }
}
