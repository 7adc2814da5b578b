//! Bodies of `multipart/form-data`, as far as uploads need them.

use serde_json::{Map, Value, json};

/// The fields of a form: a file as its name, type and length, anything else as its text. `None` if it is no form.
///
/// The boundary is taken from the body itself, so that a form can be read again without its headers.
pub(crate) fn read(body: &[u8]) -> Option<Value> {
    let (boundary, mut rest) = cut(body, b"\r\n")?;
    if !boundary.starts_with(b"--") {
        return None;
    }
    let mark = [b"\r\n", boundary].concat();
    let mut fields = Map::new();
    loop {
        let (head, after) = cut(rest, b"\r\n\r\n")?;
        let (content, after) = cut(after, &mark)?;
        let head = String::from_utf8_lossy(head);
        let value = match parameter(&head, "filename") {
            Some(name) => {
                json!({"filename": name, "content_type": content_type(&head), "length": content.len()})
            }
            None => json!(String::from_utf8_lossy(content)),
        };
        fields.insert(parameter(&head, "name")?.to_owned(), value);
        if after.starts_with(b"--") {
            return Some(Value::Object(fields));
        }
        rest = after.strip_prefix(b"\r\n")?;
    }
}

/// What is before and after the first `mark`.
fn cut<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    bytes.get(..at).zip(bytes.get(at + mark.len()..))
}

/// A quoted parameter of a part's disposition.
fn parameter<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.split_once(&format!("; {name}=\""))?.1.split('"').next()
}

fn content_type(head: &str) -> Option<&str> {
    let mut headers = head.split("\r\n").filter_map(|line| line.split_once(':'));
    headers.find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_its_fields_and_what_is_known_of_its_files() {
        let form = b"--x7\r\nContent-Disposition: form-data; name=\"part_number\"\r\n\r\n1\r\n--x7\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n\
            two\r\nlines\r\n--x7--\r\n";
        let file = json!({"filename": "a.txt", "content_type": "text/plain", "length": 10});
        assert_eq!(read(form), Some(json!({"part_number": "1", "file": file})));
        for no_form in [&b"{}"[..], b"", b"--x7\r\n", b"--x7\r\nname=a\r\n\r\n1"] {
            assert_eq!(read(no_form), None);
        }
    }
}
