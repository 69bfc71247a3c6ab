//! Forms of a page: what their fields hold, and how one is sent again.

/// Fields by name and value, in order.
pub type Form = Vec<(String, String)>;

/// A form of these fields.
pub fn form(fields: &[(&str, &str)]) -> Form {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The values of all inputs with this name, in their order, ticked or not.
pub fn values(page: &str, name: &str) -> Vec<String> {
    let named = format!("name=\"{name}\"");
    page.split('<')
        .filter(|tag| tag.starts_with("input") && tag.contains(&named))
        .filter_map(|tag| tag.split_once("value=\"")?.1.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    values(page, name).into_iter().next()
}

/// What turns to the next page of a list whose pages are turned by a form: the place, and that the list is the same.
pub fn next_page(page: &str) -> Option<Form> {
    let (before, _) = page.split_once(">Next")?;
    let (_, button) = before.rsplit_once("<button")?;
    let to = button
        .split_once("name=\"to\" value=\"")?
        .1
        .split('"')
        .next()?;
    let kept = ["csrf", "was", "view"].into_iter();
    let mut fields: Form = kept
        .filter_map(|name| Some((name.to_owned(), hidden(page, name)?)))
        .collect();
    fields.push(("to".to_owned(), to.to_owned()));
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let page = r#"<input type="hidden" name="csrf" value="abc"><select name="status"></select>
            <input type="checkbox" name="pick" value="1"><input type="hidden" name="on_page" value="1">
            <input type="checkbox" name="pick" value="2" checked>"#;
        assert_eq!(hidden(page, "csrf").as_deref(), Some("abc"));
        assert_eq!(hidden(page, "status"), None);
        assert_eq!(values(page, "pick"), ["1", "2"]);
    }

    #[test]
    fn the_next_page_is_asked_for_by_its_button() {
        let page = r#"<form><input type="hidden" name="csrf" value="abc">
            <input type="hidden" name="page" value=""><input type="hidden" name="was" value="0:">
            <button type="submit" name="to" value="b1">Previous</button>
            <button type="submit" name="to" value="a2">Next<svg/></button></form>"#;
        let wanted = form(&[("csrf", "abc"), ("was", "0:"), ("to", "a2")]);
        assert_eq!(next_page(page), Some(wanted));
        let last = page.replace("name=\"to\" value=\"a2\"", "name=\"action\" value=\"next\"");
        assert_eq!(next_page(&last), None, "a button that goes elsewhere");
    }
}
