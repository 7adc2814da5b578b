//! The types of blocks: what each holds, and what may be inside it.

/// A type of block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// As the API spells it.
    pub(crate) name: &'static str,
    pub(crate) members: &'static [Member],
    pub(crate) inside: Inside,
    /// Whether the API makes and changes blocks of it.
    pub(crate) is_writable: bool,
}

/// A member of a block's payload.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// Whether a new block must have it.
    pub(crate) is_required: bool,
}

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Color,
    Flag,
    Language,
    Url,
    Expression,
    Icon,
    /// A file of another site; its members stand in the payload itself.
    File,
    /// A file's name.
    Name,
    Cells,
    /// A table's number of columns, which stays.
    Width,
    Ratio,
    /// A page, database or comment; its members stand in the payload itself.
    Target,
    /// The block that a synced one repeats.
    Origin,
    /// What the API only shows.
    Shown,
}

/// What may be inside a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    Nothing,
    Blocks,
    /// Blocks, if it can be folded.
    BlocksIfFolding,
    /// Only blocks of this type, and so many at least when it is made.
    Only(&'static str, usize),
}

const fn needs(name: &'static str, form: Form) -> Member {
    Member { name, form, is_required: true }
}

const fn may(name: &'static str, form: Form) -> Member {
    Member { name, form, is_required: false }
}

const TEXT: Member = needs("rich_text", Form::Text);
const COLOR: Member = may("color", Form::Color);
const CAPTION: Member = may("caption", Form::Text);
const LINES: &[Member] = &[TEXT, COLOR];
const HEADING: &[Member] = &[TEXT, COLOR, may("is_toggleable", Form::Flag)];
const LINKED: &[Member] = &[needs("url", Form::Url), CAPTION];
const MEDIA: &[Member] = &[needs("external", Form::File), CAPTION];
const NAMED: &[Member] = &[needs("external", Form::File), CAPTION, may("name", Form::Name)];
const TITLE: &[Member] = &[needs("title", Form::Shown)];

const fn writable(name: &'static str, members: &'static [Member], inside: Inside) -> Kind {
    Kind { name, members, inside, is_writable: true }
}

const fn shown(name: &'static str, members: &'static [Member]) -> Kind {
    Kind { name, members, inside: Inside::Nothing, is_writable: false }
}

use Inside::{Blocks, BlocksIfFolding, Nothing, Only};

/// All of them; those that are only shown come last.
static KINDS: [Kind; 36] = [
    writable("paragraph", &[TEXT, COLOR, may("icon", Form::Icon)], Blocks),
    writable("heading_1", HEADING, BlocksIfFolding),
    writable("heading_2", HEADING, BlocksIfFolding),
    writable("heading_3", HEADING, BlocksIfFolding),
    writable("heading_4", HEADING, BlocksIfFolding),
    writable("bulleted_list_item", LINES, Blocks),
    writable("numbered_list_item", LINES, Blocks),
    writable("to_do", &[TEXT, may("checked", Form::Flag), COLOR], Blocks),
    writable("toggle", LINES, Blocks),
    writable("quote", LINES, Blocks),
    writable("callout", &[TEXT, may("icon", Form::Icon), COLOR], Blocks),
    writable("code", &[TEXT, CAPTION, needs("language", Form::Language)], Nothing),
    writable("template", &[TEXT], Blocks),
    writable("equation", &[needs("expression", Form::Expression)], Nothing),
    writable("divider", &[], Nothing),
    writable("breadcrumb", &[], Nothing),
    writable("table_of_contents", &[COLOR], Nothing),
    writable("bookmark", LINKED, Nothing),
    writable("embed", LINKED, Nothing),
    writable("image", MEDIA, Nothing),
    writable("video", MEDIA, Nothing),
    writable("audio", MEDIA, Nothing),
    writable("pdf", MEDIA, Nothing),
    writable("file", NAMED, Nothing),
    writable("link_to_page", &[needs("type", Form::Target)], Nothing),
    writable("synced_block", &[needs("synced_from", Form::Origin)], Blocks),
    writable(
        "table",
        &[
            needs("table_width", Form::Width),
            may("has_column_header", Form::Flag),
            may("has_row_header", Form::Flag),
        ],
        Only("table_row", 1),
    ),
    writable("table_row", &[needs("cells", Form::Cells)], Nothing),
    writable("column_list", &[], Only("column", 2)),
    writable("column", &[may("width_ratio", Form::Ratio)], Blocks),
    writable("tab", &[], Only("paragraph", 1)),
    shown("child_page", TITLE),
    shown("child_database", TITLE),
    shown("link_preview", &[needs("url", Form::Shown)]),
    shown("meeting_notes", &[may("title", Form::Text), may("status", Form::Shown)]),
    shown("unsupported", &[needs("block_type", Form::Shown)]),
];

impl Kind {
    /// The type of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// Those that the API makes.
    pub(crate) fn writable() -> impl Iterator<Item = &'static Self> {
        KINDS.iter().filter(|kind| kind.is_writable)
    }
}
