//! A page with a chart of what came of measuring clients: one file of HTML, without scripts and without a network.

use std::io::{self, Write};

use mapi_offline_measure::client::{ClientReport, ClientTimes, PointDifference};

use super::show;

/// Columns of the chart, in pixels.
const WIDTH: f64 = 760.0;
const LEFT: f64 = 190.0;
const ROW: f64 = 46.0;

const STYLE: &str = "\
:root { color-scheme: light dark; --client: #0b62a8; --empty: #8a6d00; }
@media (prefers-color-scheme: dark) { :root { --client: #6db7f2; --empty: #e0b83a; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
svg { width: 100%; height: auto; } text { fill: currentColor; font-size: 13px; }
.client { stroke: var(--client); fill: var(--client); }
.empty { stroke: var(--empty); fill: none; stroke-dasharray: 4 3; }
table { border-collapse: collapse; } th, td { padding: .2rem .8rem; text-align: right; }
";

/// Names are data, and never markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            character => escaped.push(character),
        }
    }
    escaped
}

/// Writes the page.
pub(super) fn write(
    report: &ClientReport,
    differences: Option<&[PointDifference]>,
    out: &mut impl Write,
) -> io::Result<()> {
    let title = escaped(&format!("Notify in {}", report.measured));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n<h1>{title}</h1>\n"
    )?;
    if !report.optimized {
        writeln!(out, "<p>A debug build: a release build is far faster.")?;
    }
    writeln!(
        out,
        "<p>Each line goes from the median to the 999th of 1,000, on a logarithmic scale; its dot is the 99th of 100. \
         The dashed line is an empty Notify, measured in the same way in the same run."
    )?;
    for client in show::clients(report) {
        let name = escaped(&client);
        writeln!(out, "<h2>{name}</h2>")?;
        chart(report, &client, out)?;
        table(report, &client, out)?;
    }
    if let Some(differences) = differences {
        writeln!(out, "<h2>Beside the baseline</h2>\n<ul>")?;
        for difference in differences {
            writeln!(out, "<li>{}", escaped(&show::sentence(difference)))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</html>")
}

/// Where a time is, between the shortest and the longest that are shown: powers of ten.
fn place(nanos: u64, (shortest, longest): (f64, f64)) -> f64 {
    let at = (nanos.max(1) as f64).log10();
    LEFT + (at - shortest) / (longest - shortest) * (WIDTH - LEFT - 20.0)
}

/// The powers of ten around all times of a client.
fn scale(report: &ClientReport, client: &str) -> (f64, f64) {
    let of_client = report
        .points
        .iter()
        .filter_map(|point| show::find(point, client));
    let empty = report
        .points
        .iter()
        .filter_map(|point| point.empty.as_ref());
    let (mut shortest, mut longest) = (f64::INFINITY, 1.0_f64);
    for times in of_client.chain(empty) {
        shortest = shortest.min((times.times.p50.max(1) as f64).log10().floor());
        longest = longest.max((times.times.p999.max(1) as f64).log10().ceil());
    }
    let shortest = if shortest.is_finite() { shortest } else { 0.0 };
    (shortest, longest.max(shortest + 1.0))
}

/// One line of times, at this height.
fn line(
    times: &ClientTimes,
    class: &str,
    y: f64,
    scale: (f64, f64),
    out: &mut impl Write,
) -> io::Result<()> {
    let times = &times.times;
    let [p50, p99, p999] = [times.p50, times.p99, times.p999].map(|it| place(it, scale));
    writeln!(
        out,
        "<g class=\"{class}\"><title>p50 {} ns, p99 {} ns, p99.9 {} ns</title>\
         <path stroke-width=\"3\" d=\"M{p50:.1} {y:.1}H{:.1}\"/>\
         <circle cx=\"{p99:.1}\" cy=\"{y:.1}\" r=\"4\"/></g>",
        times.p50,
        times.p99,
        times.p999,
        p999.max(p50 + 1.0)
    )
}

fn chart(report: &ClientReport, client: &str, out: &mut impl Write) -> io::Result<()> {
    let scale = scale(report, client);
    let height = ROW * report.points.len() as f64 + 40.0;
    writeln!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Times of Notify; the table below has the \
         numbers\">"
    )?;
    let powers = scale.0 as u32..=scale.1 as u32;
    for power in powers {
        let x = place(10_u64.saturating_pow(power), scale);
        writeln!(
            out,
            "<path stroke=\"currentColor\" opacity=\".2\" d=\"M{x:.1} 0V{:.1}\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} ns</text>",
            height - 30.0,
            height - 10.0,
            10_u64.saturating_pow(power)
        )?;
    }
    for (row, point) in report.points.iter().enumerate() {
        let y = ROW * row as f64 + 22.0;
        writeln!(
            out,
            "<text x=\"0\" y=\"{:.1}\">+{} reg., +{} profiles</text>",
            y + 4.0,
            point.registrations,
            point.profiles
        )?;
        if let Some(times) = show::find(point, client) {
            line(times, "client", y - 6.0, scale, out)?;
        }
        if let Some(empty) = &point.empty {
            line(empty, "empty", y + 8.0, scale, out)?;
        }
    }
    writeln!(out, "</svg>")
}

fn table(report: &ClientReport, client: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "<table><tr><th>registrations<th>profiles<th>p50, ns<th>p90<th>p99<th>p99.9<th>longest<th>empty p50"
    )?;
    for point in &report.points {
        let Some(times) = show::find(point, client).map(|it| &it.times) else {
            continue;
        };
        let empty = point.empty.as_ref();
        let empty = empty.map_or_else(|| "-".to_owned(), |empty| empty.times.p50.to_string());
        writeln!(
            out,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{empty}",
            point.registrations,
            point.profiles,
            times.p50,
            times.p90,
            times.p99,
            times.p999,
            times.max
        )?;
    }
    writeln!(out, "</table>")
}

#[cfg(test)]
mod tests {
    use mapi_offline_measure::client::{MeasuredPoint, NotifyHistograms};

    use super::*;

    #[test]
    fn names_are_data_and_each_client_has_a_chart_and_a_table() {
        let mut histograms = NotifyHistograms::new();
        histograms.record("<img src=x>", 1, 250);
        histograms.record("-", 1, 40);
        let mut report = ClientReport::new("a&b.toml");
        report
            .points
            .push(MeasuredPoint::new((1, 0), histograms.times(), "-"));
        let mut page = Vec::new();
        write(&report, None, &mut page).expect("memory can be written to");
        let page = String::from_utf8(page).expect("UTF-8");
        assert!(page.contains("<h2>&lt;img src=x&gt;</h2>"), "{page}");
        assert!(page.contains("Notify in a&amp;b.toml"), "{page}");
        assert!(!page.contains("<img"), "{page}");
        assert_eq!(page.matches("<svg").count(), 1);
        assert!(
            page.contains("<tr><td>1<td>0<td>250<td>250<td>250<td>250<td>250<td>40"),
            "{page}"
        );
    }
}
