//! How much memory an exhaustive search may take.

use std::fs;
use std::path::{Path, PathBuf};

/// A size as the command line has it: bytes, or a number with K, M or G, which are powers of 1024.
///
/// # Errors
/// A sentence that says what a size is.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => Some(0),
        "K" | "KB" | "KIB" => Some(10),
        "M" | "MB" | "MIB" => Some(20),
        "G" | "GB" | "GIB" => Some(30),
        _ => None,
    };
    let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
    let size = number.zip(shift);
    size.and_then(|(number, shift)| number.checked_mul(1 << shift))
        .ok_or_else(|| "a size is a number of bytes, or one with K, M or G: 512M".to_owned())
}

/// Nobody expects a search to take more if he has not said so: 4 GiB.
const USUAL_MAX: u64 = 4 << 30;

/// Half of what is free, and not more than [`USUAL_MAX`]: of the machine's memory, of that of every control group the program is in,
/// and of its own address space. `None` where the system does not say (not Linux).
pub(crate) fn usual() -> Option<u64> {
    let read = |path: &Path| fs::read_to_string(path).ok();
    free(&read).map(|free| (free / 2).min(USUAL_MAX))
}

type Read<'r> = dyn Fn(&Path) -> Option<String> + 'r;

/// What is free, in bytes; `read` gives the text of a file of the system.
fn free(read: &Read<'_>) -> Option<u64> {
    let meminfo = read(Path::new("/proc/meminfo"))?;
    let machine = field(&meminfo, "MemAvailable:").map(|kibibytes| kibibytes.saturating_mul(1024));
    let address_space =
        read(Path::new("/proc/self/limits")).and_then(|limits| field(&limits, "Max address space"));
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let groups = groups.lines().filter_map(|line| group_free(line, read));
    machine.into_iter().chain(address_space).chain(groups).min()
}

/// The number that follows a name at the beginning of a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What is free in a control group of the program and in all above it; `line` is one of
/// `/proc/self/cgroup`.
fn group_free(line: &str, read: &Read<'_>) -> Option<u64> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (controllers, path) = (parts.next()?, parts.next()?);
    let (root, limit, used, reclaimable) = match controllers {
        "" => (
            "/sys/fs/cgroup",
            "memory.max",
            "memory.current",
            "inactive_file",
        ),
        _ if controllers.split(',').any(|name| name == "memory") => (
            "/sys/fs/cgroup/memory",
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
            "total_inactive_file",
        ),
        _ => return None,
    };
    let group = PathBuf::from(format!("{root}{path}"));
    let groups = group.ancestors().filter(|group| group.starts_with(root));
    let of_group = groups.filter_map(|group| {
        let number = |name: &str| read(&group.join(name))?.trim().parse::<u64>().ok();
        let statistics = read(&group.join("memory.stat")).unwrap_or_default();
        let cache = field(&statistics, &format!("{reclaimable} ")).unwrap_or(0);
        let used = number(used)?.saturating_sub(cache);
        Some(number(limit)?.saturating_sub(used))
    });
    of_group.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_bytes_or_has_a_unit() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("64k"), Ok(65_536));
        assert_eq!(size("2G"), Ok(2 << 30));
        assert_eq!(size("512MiB"), Ok(512 << 20));
        for wrong in ["", "0", "G", "-1", "1.5G", "2T", "99999999999G", "1 G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    fn with(files: &[(&str, &str)]) -> Option<u64> {
        let read = |path: &Path| {
            let mut files = files.iter();
            let found = files.find(|(name, _)| path == Path::new(name));
            found.map(|(_, text)| (*text).to_owned())
        };
        free(&read)
    }

    const MACHINE: (&str, &str) = (
        "/proc/meminfo",
        "MemTotal:       2000 kB\nMemAvailable:   1000 kB\n",
    );

    #[test]
    fn the_tightest_limit_counts() {
        assert_eq!(with(&[]), None);
        assert_eq!(with(&[MACHINE]), Some(1_024_000));
        let limits = "Limit  Soft  Hard  Units\nMax address space   500000   unlimited   bytes\n";
        assert_eq!(
            with(&[MACHINE, ("/proc/self/limits", limits)]),
            Some(500_000)
        );
        let group = [
            MACHINE,
            ("/proc/self/cgroup", "0::/a/b\n"),
            ("/sys/fs/cgroup/a/b/memory.max", "max\n"),
            ("/sys/fs/cgroup/a/b/memory.current", "10\n"),
            ("/sys/fs/cgroup/a/memory.max", "900000\n"),
            ("/sys/fs/cgroup/a/memory.current", "600000\n"),
            (
                "/sys/fs/cgroup/a/memory.stat",
                "anon 7\ninactive_file 100000\n",
            ),
        ];
        assert_eq!(with(&group), Some(400_000), "what the group above has left");
        let first_version = [
            MACHINE,
            ("/proc/self/cgroup", "3:cpu:/x\n2:memory:/\n"),
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "70000\n"),
            ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "20000\n"),
        ];
        assert_eq!(with(&first_version), Some(50_000));
    }
}
