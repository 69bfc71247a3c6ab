//! A QR code as SVG, drawn here: no script and no other host ever sees the secret.

use domain::secret::Secret;
use qrcodegen::{QrCode, QrCodeEcc};

/// Empty modules around the code, which readers need.
const MARGIN: i32 = 3;

/// The code as an SVG element, dark on white whatever the theme; `None` when the text is too long for one.
#[must_use]
pub fn svg(text: &Secret) -> Option<String> {
    let code = QrCode::encode_text(text.expose(), QrCodeEcc::Medium).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let start = x;
            while x < size && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let (left, top, width) = (start + MARGIN, y + MARGIN, x - start);
                path.push_str(&format!("M{left} {top}h{width}v1h-{width}z"));
            } else {
                x += 1;
            }
        }
    }
    let whole = size + 2 * MARGIN;
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {whole} {whole}\" width=\"208\" height=\"208\" role=\"img\" \
         aria-label=\"QR code for your authenticator app\" shape-rendering=\"crispEdges\">\
         <rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_and_nothing_else() {
        let text = Secret::from(
            "otpauth://totp/Portico:ann%40example.com?secret=GEZDGNBVGY3TQOJQ&issuer=Portico",
        );
        let svg = svg(&text).unwrap();
        let code = QrCode::encode_text(text.expose(), QrCodeEcc::Medium).unwrap();
        let dark = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|(x, y)| code.get_module(*x, *y))
            .count();
        let drawn: usize = svg
            .split('h')
            .filter_map(|part| {
                part.split_once("v1")
                    .and_then(|(width, _)| width.parse::<usize>().ok())
            })
            .sum();
        assert_eq!(drawn, dark);
        assert!(!svg.contains("style=") && !svg.contains("secret"));
    }
}
