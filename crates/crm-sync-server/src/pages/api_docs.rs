//! `/api/docs`: the product's API for people, made from the document that programs read.

mod operation;
mod shape;

use actix_web::web::Data;
use askama::Template;
use serde_json::Value;

use super::frame::{Frame, Place};
use super::trouble::Answer;
use super::visitor::Visitor;
use crate::api::Documented;
use crate::messages::{self, Words};

use operation::Operation;
use shape::Shape;

/// The tags, in the order that a reader meets what they are about.
const TAGS: [&str; 8] = ["connections", "tables", "plans", "runs", "conflicts", "deals", "crm", "health"];

#[derive(Debug, Template)]
#[template(path = "api_docs.html")]
struct View {
    t: Words,
    frame: Frame,
    chapters: Vec<Chapter>,
    /// What any address can answer.
    common: Vec<Told>,
    shapes: Vec<Shape>,
}

/// The operations of one tag.
#[derive(Debug)]
struct Chapter {
    id: String,
    name: String,
    operations: Vec<Operation>,
}

/// A name and what it means.
#[derive(Debug)]
struct Told {
    name: String,
    text: String,
}

pub(super) async fn show(visitor: Visitor, documented: Data<Documented>) -> Answer {
    let t = visitor.words();
    let document = serde_json::to_value(&*documented.0).unwrap_or_default();
    let view = View {
        t,
        frame: visitor.frame(t.api_title(), Place::Elsewhere).await?,
        chapters: chapters(&visitor, &document),
        common: common(&document),
        shapes: Shape::all(&document),
    };
    visitor.page(&view)
}

fn chapters(visitor: &Visitor, document: &Value) -> Vec<Chapter> {
    let all = Operation::all(document);
    let mut tags: Vec<&str> = TAGS.to_vec();
    // A tag that nobody thought of here comes last, and is not lost.
    for operation in &all {
        if !tags.contains(&operation.tag.as_str()) {
            tags.push(&operation.tag);
        }
    }
    let chapter = |tag: &&str| Chapter {
        id: (*tag).to_owned(),
        name: messages::api_chapter(visitor.lang, tag),
        operations: all.iter().filter(|operation| operation.tag == **tag).cloned().collect(),
    };
    tags.iter().map(chapter).filter(|chapter| !chapter.operations.is_empty()).collect()
}

/// The answers that are told once for all addresses.
fn common(document: &Value) -> Vec<Told> {
    let responses = document.pointer("/components/responses").and_then(Value::as_object);
    let told = |(name, response): (&String, &Value)| Told {
        name: name.clone(),
        text: text(response, "description"),
    };
    responses.into_iter().flatten().map(told).collect()
}

/// A member that is text.
fn text(of: &Value, name: &str) -> String {
    of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
