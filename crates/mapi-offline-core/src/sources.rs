//! What was observed of the real thing, and where: the sources that rules of basis O name.
//!
//! None of them is a recording of a real Outlook yet.

/// What kind of source something was seen in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// The code of a client that shipped. It shows what its author counted on.
    ShippedCode,
    /// What the author of a client reported.
    Report,
    /// What an engineer of the vendor wrote.
    Engineer,
    /// Another implementation of MAPI. It shows how its authors read the documentation.
    Peer,
    /// A recording of a real Outlook.
    Recording,
}

impl SourceKind {
    /// How documents name it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ShippedCode => "shipped code",
            Self::Report => "report by a client's author",
            Self::Engineer => "post of the vendor's engineers",
            Self::Peer => "another MAPI",
            Self::Recording => "recording of a real Outlook",
        }
    }
}

/// Something that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceSource {
    /// A short name, by which rules cite it.
    pub name: &'static str,
    /// What kind of source it is.
    pub kind: SourceKind,
    /// The year, or the years, that it is from.
    pub years: &'static str,
    /// What it shows.
    pub what: &'static str,
    /// Where it can be read: a repository and its files, or the title of a post.
    pub place: &'static str,
    /// The version of Outlook in which it was seen, where that is known.
    pub outlook: Option<&'static str>,
}

impl EvidenceSource {
    /// The kind of source and the years, as in the column "standing".
    #[must_use]
    pub fn place_and_years(&self) -> String {
        format!("{}, {}", self.kind.words(), self.years)
    }
}

/// Declares the sources.
macro_rules! sources {
    ($( $(#[doc = $about:literal])+ $id:ident = $name:literal, $kind:ident, $years:literal, $place:literal: $what:literal; )+) => {
        $(
            $(#[doc = $about])+
            pub(crate) const $id: EvidenceSource = EvidenceSource {
                name: $name,
                kind: SourceKind::$kind,
                years: $years,
                what: $what,
                place: $place,
                outlook: None,
            };
        )+

        /// Every source.
        pub const SOURCES: &[EvidenceSource] = &[$($id),+];
    };
}

sources! {
    /// Two posts of a support engineer, with the comments of their readers.
    CORRECTIONS = "corrections", Engineer, "2004",
        "Stephen Griffin's blog at Microsoft, \"Connection State API Corrections\"":
        "The first pages of this API were wrong. The post gives the export HrOpenOfflineObj@20, the \
        signature of Notify and the values of the types; it lists STATECHANGE and DONE, and neither \
        START nor SetCurrentState.";
    /// The post that published the sample add-in.
    SAMPLE_POST = "sample post", Engineer, "2005",
        "Stephen Griffin's blog at Microsoft, \"Offline State Sample\"":
        "The API works inside the Outlook process alone, for MAPI providers, COM add-ins and \
        Exchange client extensions; elsewhere HrOpenOfflineObj gives MAPI_E_NOT_FOUND.";
    /// A comment of May 2006 on the sample.
    ADD_IN_REPORT = "add-in report", Report, "2006",
        "a comment of May 2006 on \"Offline State Sample\", Stephen Griffin's blog at Microsoft":
        "An add-in keeps its user online: in STATECHANGE_DONE it calls SetCurrentState with DEFAULT \
        to go back, and not with BLOCK, because that would deadlock.";
    /// The provider of Zarafa, later Kopano.
    KOPANO = "Kopano's provider", ShippedCode, "2005 to 2016",
        "Kopano-dev/kopano-core in the history of 2016: provider/common/ECOfflineState.cpp, and \
        ECMSProviderSwitch.cpp, ECABProviderSwitch.cpp and ECMsgStore.cpp in provider/client":
        "A store and address book provider. It takes the state in this API for what the Work Offline \
        button shows, and sets it offline when its user chooses to go on without the server. It opens \
        the object in its Logon and keeps a state of its own if that fails, calls no MAPIInitialize, \
        asks for HrOpenOfflineObj@20, compares the state without a mask, sets it with DEFAULT and \
        does not look at the answer, never registers, and keeps a reference each time. Its store was \
        once written to answer IMAPIOfflineMgr itself.";
    /// The connector of Zimbra.
    ZIMBRA = "Zimbra's connector", ShippedCode, "2006",
        "a copy of Zimbra's connector for Outlook in a public repository, the function \
        SetConnectionStatus":
        "It asks the loaded msmapi32.dll for HrOpenOfflineObj@20, calls SetCurrentState with BLOCK, \
        and takes every failure for its own, E_PENDING included.";
    /// A client for 64-bit Windows, known from a disassembly.
    INDEXER = "64-bit indexer", ShippedCode, "after 2010",
        "a disassembly in a public repository, the function CMapiStore::GetOnlineStatus":
        "It calls HrOpenOfflineObj and then GetCurrentState through the pointer that it got, without \
        QueryInterface; it masks the state with 3, and anything but online and offline means to it \
        that there is no answer.";
    /// The rules of a support engineer on MAPI and threads.
    THREADING_RULES = "threading rules", Engineer, "2004",
        "Stephen Griffin's blog at Microsoft, \"MAPI Multithreading Rules\"":
        "Each thread that uses MAPI calls MAPIInitialize first, or every call fails, and calls \
        MAPIUninitialize before it ends; a thread that did not do the first does not do the second. \
        Without the flag for notifications of many threads the first thread outlives the others, \
        or a notification crashes.";
    /// What the Outlook team wrote about how Outlook ends.
    SHUTDOWN_POSTS = "shutdown posts", Engineer, "2006 to 2009",
        "Ryan Gregg's blog and articles at Microsoft, \"Outlook shutdown and COM add-ins\" (2006), \
        \"Application Shutdown Changes in Outlook 2007 SP2\" (2008), \"Additional Shutdown Changes for \
        Outlook 2010 Beta\" and \"Shutdown Changes for Outlook 2010\" (2009)":
        "Before Outlook 2007 a reference to an object of Outlook's that an add-in kept could keep \
        Outlook running, and OnDisconnection did not come before it was released. Outlook 2007 ends \
        all the same, and calls OnDisconnection of add-ins. Outlook 2010 does not call it by default.";
    /// Scripts by which administrators make profiles.
    ADMIN_SCRIPTS = "administrators' scripts", Report, "2016 or later",
        "a batch file in a public repository, which writes to the registry for Outlook 15.0 and 16.0":
        "A profile is made by adding a registry key of its name, o365-Migration, with a hyphen in it, and \
        made the default by the value DefaultProfile.";
    /// The MAPI library of Zarafa, later Kopano, for Linux.
    MAPI4LINUX = "mapi4linux", Peer, "2005 to 2021",
        "Kopano-dev/kopano-core: mapi4linux/src/mapix.cpp and m4lcommon/ECMemTable.cpp":
        "A profile that exists gives MAPI_E_NO_ACCESS, an unknown one MAPI_E_NOT_FOUND, from \
        AdminServices too. There is no default profile. A second MAPIInitialize gives S_OK. FindRow \
        backward from the end looks at the last row first, and from elsewhere at the origin row.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_recording_names_a_version_of_outlook_and_each_does() {
        for source in SOURCES {
            let is_recording = source.kind == SourceKind::Recording;
            assert_eq!(source.outlook.is_some(), is_recording, "{}", source.name);
        }
    }

    #[test]
    fn names_are_unique() {
        for (index, source) in SOURCES.iter().enumerate() {
            let first = SOURCES.iter().position(|other| other.name == source.name);
            assert_eq!(first, Some(index), "{}", source.name);
        }
    }
}
