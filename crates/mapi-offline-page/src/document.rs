//! The page: recordings, what is said of them, and the code that shows them, in one file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mapi_offline_core::{FindingId, GroundKind, Rule};
use mapi_offline_driver::harmless;
use serde::Serialize;

use crate::packed::pack;
use crate::page_recording::{LaneKind, PageFinding, PageMark, PageRecording};

const TEMPLATE: &str = include_str!("../page/page.html");
const STYLE: &str = include_str!("../page/timeline.css");
const SCRIPT: &str = include_str!("../page/timeline.js");
const PLAYER: &str = include_str!("../page/play.js");

/// What a page may do besides, in which a module plays.
const MAY_PLAY: &str = " 'wasm-unsafe-eval'";

/// A source of more bytes is not put into a page.
const SOURCE_MAX: usize = 256 << 10;

/// A page: its title, what came of it all, and the recordings.
#[derive(Debug, Default)]
pub struct TimelinePage {
    /// What it is of.
    pub title: String,
    /// What came of it, in a line.
    pub verdict: String,
    /// Whether all is well.
    pub is_ok: bool,
    /// One or more.
    pub parts: Vec<PagePart>,
    /// The files that parts name.
    pub sources: Vec<PageSource>,
    /// What plays the parts that can be played: a module of WebAssembly, compressed with gzip. Its functions are those
    /// of the crate `mapi-offline-play`.
    pub module: Option<&'static [u8]>,
}

/// A recording, with what is said of it.
#[derive(Debug, Default)]
pub struct PagePart {
    /// What it is called in the list of all.
    pub name: String,
    /// Whether it is well.
    pub is_ok: bool,
    /// What is to be said of it, line by line.
    pub notes: Vec<String>,
    /// What did not hold.
    pub marks: Vec<PageMark>,
    /// Its place among the sources.
    pub source: Option<usize>,
    /// What happened.
    pub recording: PageRecording,
    /// Another order, to be compared with.
    pub other: Option<PageOrder>,
    /// How it is played.
    pub play: Option<PagePlay>,
}

/// How a recording is played in a page with a [module](TimelinePage::module): what of its source, and in which order.
#[derive(Clone, Debug, Serialize)]
pub struct PagePlay {
    /// The source as it is, from which a scenario is read.
    pub text: String,
    /// The knobs that are not at their defaults.
    pub policy: BTreeMap<String, String>,
    /// Which steps take place, by their place in the file. `None`: all.
    pub kept: Option<Vec<bool>>,
    /// The order of the recording, by label. `None`: the recording is of a run, in which times bind, and what is played
    /// begins with the order of the file.
    pub schedule: Option<Vec<String>>,
    /// A replay as it is saved, but for its finding and its schedule, which are empty.
    pub replay: String,
}

/// Another order of the same.
#[derive(Debug)]
pub struct PageOrder {
    /// What it is, and how it differs.
    pub about: String,
    /// What happened in it.
    pub recording: PageRecording,
}

/// A file that events name lines of.
#[derive(Clone, Debug)]
pub struct PageSource {
    /// Its path, as it was given.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

#[derive(Serialize)]
struct PageData<'a> {
    title: &'a str,
    verdict: &'a str,
    ok: bool,
    parts: Vec<PartData<'a>>,
    sources: Vec<SourceData<'a>>,
    /// By id: the text, and why we believe it.
    rules: BTreeMap<&'static str, [String; 2]>,
    /// By id: what such a finding is, and what to do about it.
    findings: BTreeMap<&'static str, [&'static str; 2]>,
}

#[derive(Serialize)]
struct PartData<'a> {
    name: &'a str,
    ok: bool,
    notes: &'a [String],
    marks: &'a [PageMark],
    source: Option<usize>,
    recording: RecordingData,
    other: Option<OrderData<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    play: Option<&'a PagePlay>,
}

#[derive(Serialize)]
struct OrderData<'a> {
    about: &'a str,
    recording: RecordingData,
}

#[derive(Serialize)]
struct SourceData<'a> {
    name: &'a str,
    /// None if the file is too large.
    lines: Vec<String>,
}

#[derive(Serialize)]
struct RecordingData {
    texts: Vec<String>,
    /// What each is, and its name among the texts.
    lanes: Vec<(LaneKind, u32)>,
    threads: Vec<u32>,
    /// Id, severity and rule of each.
    findings: Vec<PageFinding>,
    count: usize,
    /// In base64.
    events: String,
}

impl RecordingData {
    fn of(recording: &PageRecording, marks: &[PageMark]) -> Self {
        let finished = recording.finished(marks);
        Self {
            lanes: finished.lanes,
            threads: finished.threads,
            findings: finished.findings,
            count: finished.events.len(),
            events: pack(&finished.events),
            texts: finished.texts,
        }
    }
}

impl TimelinePage {
    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        // Strings, numbers and lists of them: JSON has words for all.
        let data = serde_json::to_string(&self.contents()).unwrap_or_default();
        // Nothing in it ends the element that it stands in.
        let data = data.replace('<', "\\u003c");
        let title = markup(&harmless(&self.title));
        let mut html = String::with_capacity(data.len() + STYLE.len() + SCRIPT.len() + 8_192);
        let player = self.module.map(player).unwrap_or_default();
        let mut rest = TEMPLATE;
        for (place, with) in [
            ("{{may}}", self.module.map_or("", |_| MAY_PLAY)),
            ("{{title}}", title.as_str()),
            ("{{style}}", STYLE),
            ("{{data}}", data.as_str()),
            ("{{player}}", player.as_str()),
            ("{{script}}", SCRIPT),
        ] {
            let (before, after) = rest.split_once(place).unwrap_or((rest, ""));
            html.push_str(before);
            html.push_str(with);
            rest = after;
        }
        html.push_str(rest);
        html
    }

    /// Writes the page.
    ///
    /// # Errors
    /// `out` cannot be written.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(self.html().as_bytes())
    }

    /// Writes the page to a file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        self.write(&mut file)?;
        file.flush()
    }

    /// What the script of the page reads, for a page that takes this in while it is shown.
    #[must_use]
    pub fn data(&self) -> serde_json::Value {
        serde_json::to_value(self.contents()).unwrap_or_default()
    }

    fn contents(&self) -> PageData<'_> {
        let recordings = self.parts.iter().flat_map(|part| {
            let other = part.other.as_ref().map(|other| &other.recording);
            std::iter::once(&part.recording).chain(other)
        });
        let (mut rules, mut ids) = (BTreeMap::new(), BTreeSet::new());
        for finding in recordings.flat_map(|recording| &recording.findings) {
            ids.insert(finding.id);
            if let Some(rule) = Rule::find(&finding.rule) {
                rules.insert(rule.id, [rule.text.to_owned(), basis_in_words(rule)]);
            }
        }
        PageData {
            title: &self.title,
            verdict: &self.verdict,
            ok: self.is_ok,
            parts: self.parts.iter().map(PagePart::data).collect(),
            sources: self.sources.iter().map(PageSource::data).collect(),
            rules,
            findings: ids
                .into_iter()
                .map(|id: FindingId| (id.name(), [id.about(), id.remedy()]))
                .collect(),
        }
    }
}

impl PagePart {
    fn data(&self) -> PartData<'_> {
        PartData {
            name: &self.name,
            ok: self.is_ok,
            notes: &self.notes,
            marks: &self.marks,
            source: self.source,
            recording: RecordingData::of(&self.recording, &self.marks),
            other: self.other.as_ref().map(|other| OrderData {
                about: &other.about,
                recording: RecordingData::of(&other.recording, &[]),
            }),
            play: self.play.as_ref(),
        }
    }
}

impl PageSource {
    fn data(&self) -> SourceData<'_> {
        let is_shown = self.text.len() <= SOURCE_MAX;
        let text = if is_shown { self.text.as_str() } else { "" };
        SourceData {
            name: &self.name,
            lines: text.lines().map(harmless).collect(),
        }
    }
}

/// The [data](TimelinePage::data) of a page, from its HTML. `None`: it is none.
#[must_use]
pub fn data_of_page(html: &str) -> Option<serde_json::Value> {
    let (_, data) = html.split_once("<script type=\"application/json\" id=\"data\">")?;
    let (data, _) = data.split_once("</script>")?;
    serde_json::from_str(data).ok()
}

/// The elements of a page in which a module plays.
fn player(module: &[u8]) -> String {
    let module = STANDARD.encode(module);
    format!(
        "<script type=\"application/gzip\" id=\"module\">{module}</script>\n<script>\n{PLAYER}\n</script>\n"
    )
}

/// Why we believe a rule, without the letters of the table.
fn basis_in_words(rule: &Rule) -> String {
    let grounds = rule.grounds.iter().map(|ground| {
        let kind = match ground.kind {
            GroundKind::Documented => "documented for this API",
            GroundKind::DocumentedForMapi => "documented for MAPI",
            GroundKind::Com => "a rule of COM",
            GroundKind::Observed => "observed",
            GroundKind::Chosen | GroundKind::ChosenAlone => "chosen by this project",
        };
        let seen = ground.seen.iter().map(|source| source.name);
        let names: Vec<&str> = ground.pages.iter().copied().chain(seen).collect();
        let part = if ground.part.is_empty() { "" } else { ": " };
        match names.as_slice() {
            [] => format!("{kind}{part}{}", ground.part),
            names => format!("{kind} ({}){part}{}", names.join(", "), ground.part),
        }
    });
    grounds.collect::<Vec<_>>().join("; ")
}

/// A text in which nothing is markup.
fn markup(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
