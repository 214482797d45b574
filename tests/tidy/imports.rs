//! Which files of a crate take a name from which others.
//!
//! Names are followed to the file that defines them, through `use` and re-exports. A file that only
//! declares a module, or only passes a name on with `pub use`, takes nothing from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::repository::Source;
use crate::type_names::is_cfg_test;

/// The words before the name of an item.
const DEFINES: [&str; 8] = [
    "struct", "enum", "union", "trait", "type", "fn", "const", "static",
];

/// How many `use` declarations lead from a name to its definition, at most. It ends the search in
/// names of other crates that look like their own `use`.
const MOST_STEPS: usize = 12;

/// By file: the files that it takes names from, and which names.
pub(crate) type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Finds what the files of each crate take from other files of the same crate. What is compiled for
/// tests alone takes nothing.
pub(crate) fn imports(files: &[Source]) -> Imports {
    let by_path: BTreeMap<&str, &Source> = files
        .iter()
        .filter(|file| !file.is_test())
        .map(|file| (file.path.as_str(), file))
        .collect();
    let mut imports = Imports::new();
    for root in by_path.values().filter(|file| is_root(&file.path)) {
        let mut modules = Modules(Vec::new());
        modules.add_file(&by_path, root, None);
        for module in 0..modules.0.len() {
            modules.find_imports(module, &mut imports);
        }
    }
    imports
}

/// Whether a crate begins with this file.
fn is_root(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("lib.rs" | "main.rs"))
}

/// A name that a `use` declaration brings into a module.
struct Use {
    path: Vec<String>,
    /// `None`: all names of what the path leads to.
    name: Option<String>,
    /// Whether it passes the name on.
    is_public: bool,
}

/// A module, in a file of its own or in that of its parent.
#[derive(Default)]
struct Module {
    file: String,
    parent: Option<usize>,
    /// The modules in it. `None`: an attribute says in which file, outside the crate's folder.
    children: BTreeMap<String, Option<usize>>,
    defined: BTreeSet<String>,
    uses: Vec<Use>,
    /// The paths of two names or more, outside `use`.
    paths: Vec<Vec<String>>,
    /// The names that stand alone or begin a path, outside `use`.
    names: BTreeSet<String>,
}

/// What a path leads to.
enum Target {
    Module(usize),
    Item { file: String, name: String },
}

/// The modules of a crate, its root first.
struct Modules(Vec<Module>);

impl Modules {
    /// Reads a file and, below it, the files of its modules.
    fn add_file(
        &mut self,
        files: &BTreeMap<&str, &Source>,
        file: &Source,
        parent: Option<usize>,
    ) -> usize {
        let path = Path::new(&file.path);
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let folder = match stem {
            Some("lib" | "main" | "mod") => path.parent().map(Path::to_path_buf),
            _ => Some(path.with_extension("")),
        };
        let folder = folder.unwrap_or_default().to_string_lossy().into_owned();
        self.add(files, file.tokens(), (&file.path, folder), parent)
    }

    fn add(
        &mut self,
        files: &BTreeMap<&str, &Source>,
        tokens: TokenStream,
        (file, folder): (&str, String),
        parent: Option<usize>,
    ) -> usize {
        let place = self.0.len();
        self.0.push(Module {
            file: file.to_owned(),
            parent,
            ..Module::default()
        });
        let mut inner = Vec::new();
        self.0[place].read(tokens, true, &mut inner);
        for (name, body) in inner {
            let below = format!("{folder}/{name}");
            let candidates = [format!("{below}.rs"), format!("{below}/mod.rs")];
            let child = match body {
                Some(body) => Some(self.add(files, body, (file, below), Some(place))),
                None => {
                    let found = candidates.iter().find_map(|it| files.get(it.as_str()));
                    found.map(|found| self.add_file(files, found, Some(place)))
                }
            };
            self.0[place].children.insert(name, child);
        }
        place
    }

    fn find_imports(&self, module: usize, imports: &mut Imports) {
        let importer = &self.0[module];
        let mut found = Vec::new();
        for used in &importer.uses {
            let Some(name) = &used.name else {
                found.extend(self.all_of(module, used));
                continue;
            };
            if !used.is_public || importer.names.contains(name) {
                found.extend(self.resolve(module, &used.path, 0));
            }
        }
        for path in &importer.paths {
            found.extend(self.resolve(module, path, 0));
        }
        for target in found {
            match target {
                Target::Item { file, name } if file != importer.file => {
                    let names = imports.entry(importer.file.clone()).or_default();
                    names.entry(file).or_default().insert(name);
                }
                _ => {}
            }
        }
    }

    /// What a module takes through a `use` declaration of all names.
    fn all_of(&self, module: usize, used: &Use) -> Vec<Target> {
        match self.resolve(module, &used.path, 0) {
            Some(Target::Module(from)) => {
                let names = self.0[module].names.iter();
                let known = names.filter(|name| self.0[from].knows(name));
                known
                    .filter_map(|name| self.in_module(from, name, true, 0))
                    .collect()
            }
            // The variants of an enumeration.
            Some(item) if !used.is_public => vec![item],
            _ => Vec::new(),
        }
    }

    /// Follows a path that stands in a module. `None`: it leads to another crate, or is no path of
    /// items at all.
    fn resolve(&self, module: usize, path: &[String], steps: usize) -> Option<Target> {
        if steps > MOST_STEPS {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let is_last = rest.is_empty();
        let mut target = match first.as_str() {
            "crate" => Target::Module(0),
            "self" => Target::Module(module),
            "super" => Target::Module(self.0[module].parent?),
            name => self.in_module(module, name, is_last, steps)?,
        };
        for (place, name) in rest.iter().enumerate() {
            let Target::Module(from) = target else {
                return Some(target);
            };
            let is_last = place + 1 == rest.len();
            target = if name == "super" {
                Target::Module(self.0[from].parent?)
            } else if self.0[from].knows(name) {
                self.in_module(from, name, is_last, steps)?
            } else {
                self.behind_globs(from, name, is_last, steps)
                    .unwrap_or_else(|| self.item(from, name))
            };
        }
        Some(target)
    }

    /// What a name means in a module; a module and an item may have the same one.
    fn in_module(&self, at: usize, name: &str, is_last: bool, steps: usize) -> Option<Target> {
        let module = &self.0[at];
        let child = module.children.get(name);
        if let Some(child) = child
            && !is_last
        {
            return child.map(Target::Module);
        }
        if module.defined.contains(name) {
            return Some(self.item(at, name));
        }
        let is_it = |used: &&Use| used.name.as_deref() == Some(name);
        if let Some(used) = module.uses.iter().find(is_it) {
            return self.resolve(at, &used.path, steps + 1);
        }
        match child {
            Some(child) => child.map(Target::Module),
            None => self.behind_globs(at, name, is_last, steps),
        }
    }

    fn behind_globs(&self, at: usize, name: &str, is_last: bool, steps: usize) -> Option<Target> {
        let mut globs = self.0[at].uses.iter().filter(|used| used.name.is_none());
        globs.find_map(|used| match self.resolve(at, &used.path, steps + 1)? {
            Target::Module(from) if self.0[from].knows(name) => {
                self.in_module(from, name, is_last, steps + 1)
            }
            _ => None,
        })
    }

    fn item(&self, module: usize, name: &str) -> Target {
        Target::Item {
            file: self.0[module].file.clone(),
            name: name.to_owned(),
        }
    }
}

impl Module {
    fn knows(&self, name: &str) -> bool {
        let is_it = |used: &Use| used.name.as_deref() == Some(name);
        self.children.contains_key(name)
            || self.defined.contains(name)
            || self.uses.iter().any(is_it)
    }

    /// Reads what stands in a module (`is_top`) or deeper in it, and finds its modules, those in the
    /// same file with what they consist of.
    fn read(
        &mut self,
        tokens: TokenStream,
        is_top: bool,
        inner: &mut Vec<(String, Option<TokenStream>)>,
    ) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut place = 0;
        while place < tokens.len() {
            match &tokens[place..] {
                [TokenTree::Punct(hash), TokenTree::Group(attribute), ..]
                    if hash.as_char() == '#' && is_cfg_test(attribute) =>
                {
                    place = end_of_item(&tokens, place + 2);
                }
                [TokenTree::Ident(word), ..] if word == "use" => {
                    let end = end_of_item_without_body(&tokens, place);
                    let is_public = is_public(&tokens[..place]);
                    self.read_use(&tokens[place + 1..end], &[], is_public);
                    place = end;
                }
                [
                    TokenTree::Ident(word),
                    TokenTree::Ident(name),
                    TokenTree::Group(body),
                    ..,
                ] if word == "mod" => {
                    inner.push((name.to_string(), Some(body.stream())));
                    place += 2;
                }
                [TokenTree::Ident(word), TokenTree::Ident(name), ..] if word == "mod" => {
                    inner.push((name.to_string(), None));
                    place += 1;
                }
                [TokenTree::Ident(word), TokenTree::Ident(name), ..]
                    if is_top && DEFINES.iter().any(|defines| word == defines) =>
                {
                    self.defined.insert(name.to_string());
                }
                [TokenTree::Ident(_), ..] => {
                    place += self.read_path(&tokens, place);
                }
                [TokenTree::Group(group), ..] => self.read(group.stream(), false, inner),
                _ => {}
            }
            place += 1;
        }
    }

    /// Reads the path that begins at this name, and returns how many tokens follow the name.
    fn read_path(&mut self, tokens: &[TokenTree], place: usize) -> usize {
        let mut path = vec![tokens[place].to_string()];
        let mut end = place;
        while let [
            TokenTree::Punct(a),
            TokenTree::Punct(b),
            TokenTree::Ident(name),
            ..,
        ] = &tokens[end + 1..]
            && a.as_char() == ':'
            && b.as_char() == ':'
        {
            path.push(name.to_string());
            end += 3;
        }
        let before = place.checked_sub(1).map(|before| &tokens[before]);
        let is_inside = before.is_some_and(|token| {
            matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '.' | '\''))
        }) || ends_with_colons(&tokens[..place]);
        if !is_inside {
            self.names.insert(path[0].clone());
            if path.len() > 1 {
                self.paths.push(path);
            }
        }
        end - place
    }

    /// Reads the tree of a `use` declaration.
    fn read_use(&mut self, tokens: &[TokenTree], before: &[String], is_public: bool) {
        let mut path = before.to_vec();
        let mut renamed = None;
        let mut is_glob = false;
        for (place, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(word) if word == "as" => {
                    renamed = tokens.get(place + 1).map(ToString::to_string);
                    break;
                }
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == '*' => is_glob = true,
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
                    for part in inner.split(is_comma).filter(|part| !part.is_empty()) {
                        self.read_use(part, &path, is_public);
                    }
                    return;
                }
                _ => {}
            }
        }
        let name = if is_glob {
            None
        } else {
            renamed.or_else(|| path.last().cloned())
        };
        self.uses.push(Use {
            path,
            name,
            is_public,
        });
    }
}

fn ends_with_colons(tokens: &[TokenTree]) -> bool {
    let is_colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    matches!(tokens, [.., a, b] if is_colon(a) && is_colon(b))
}

/// Whether what follows is visible outside its module.
fn is_public(before: &[TokenTree]) -> bool {
    let is_pub = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "pub");
    match before {
        [.., word, TokenTree::Group(scope)] if scope.delimiter() == Delimiter::Parenthesis => {
            is_pub(word)
        }
        [.., word] => is_pub(word),
        [] => false,
    }
}

/// Where the item ends that begins here: at its body or its semicolon.
fn end_of_item(tokens: &[TokenTree], begin: usize) -> usize {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    let length = tokens[begin..].iter().position(is_end);
    length.map_or(tokens.len(), |length| begin + length)
}

/// Where its semicolon is.
fn end_of_item_without_body(tokens: &[TokenTree], begin: usize) -> usize {
    let is_end =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    let length = tokens[begin..].iter().position(is_end);
    length.map_or(tokens.len(), |length| begin + length)
}
