//! Charts of lines on logarithmic axes, as SVG that follows the reader's light or dark mode.

use std::fmt::Write;

use crate::page;

const WIDTH: f64 = 820.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 225.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 55.0;

/// The colours of Okabe and Ito, which people who see fewer colours can tell apart: in light and
/// in dark mode.
const COLOURS: [(&str, &str); 7] = [
    ("#d55e00", "#ff8c42"),
    ("#000000", "#ffffff"),
    ("#0072b2", "#5ab4f0"),
    ("#009e73", "#3fd0a4"),
    ("#cc79a7", "#e8a3c8"),
    ("#b8860b", "#f0c04a"),
    ("#6a5acd", "#a99df5"),
];

/// A chart.
pub struct Chart {
    /// What it shows.
    pub title: &'static str,
    /// The horizontal axis, with its unit.
    pub across: &'static str,
    /// The vertical axis, with its unit.
    pub up: &'static str,
    /// The lines.
    pub lines: Vec<ChartLine>,
}

/// A line.
pub struct ChartLine {
    /// What it is called.
    pub name: String,
    /// Its points: across, up. Both are more than 0.
    pub points: Vec<(u64, f64)>,
}

impl Chart {
    /// The SVG.
    pub fn draw(&self) -> String {
        let axes = Axes::around(&self.lines);
        let mut svg = self.head();
        self.grid(&axes, &mut svg);
        for (line, colour) in self.lines.iter().zip((0..COLOURS.len()).cycle()) {
            line.draw(colour, &axes, &mut svg);
        }
        self.legend(&axes, &mut svg);
        svg.push_str("</svg>\n");
        svg
    }

    fn head(&self) -> String {
        let mut light = String::new();
        let mut dark = String::new();
        for (number, colour) in COLOURS.iter().enumerate() {
            let _ = write!(light, ".c{number}{{stroke:{0};fill:{0}}}", colour.0);
            let _ = write!(dark, ".c{number}{{stroke:{0};fill:{0}}}", colour.1);
        }
        let title = escaped(self.title);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"system-ui, sans-serif\" font-size=\"13\" role=\"img\">\n\
             <title>{title}</title>\n\
             <style>\n\
             .back{{fill:#fff}}.text{{fill:#222}}.grid{{stroke:#ddd}}.leader{{stroke:#999}}\n\
             {light}\n\
             polyline{{fill:none!important;stroke-width:2}}.thick{{stroke-width:4}}\n\
             @media (prefers-color-scheme: dark){{\
             .back{{fill:#0d1117}}.text{{fill:#ddd}}.grid{{stroke:#333}}{dark}}}\n\
             </style>\n\
             <rect class=\"back\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
             <text class=\"text\" x=\"{LEFT}\" y=\"22\" font-size=\"16\">{title}</text>\n"
        )
    }

    fn grid(&self, axes: &Axes, svg: &mut String) {
        let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
        for &value in &axes.across {
            let x = axes.x(value);
            let label = page::count(value);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\
                 <text class=\"text\" x=\"{x:.1}\" y=\"{0:.1}\" text-anchor=\"middle\">{label}</text>",
                bottom + 18.0
            );
        }
        for value in axes.ticks() {
            let y = axes.y(value);
            let label = tick(value);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/>\
                 <text class=\"text\" x=\"{0}\" y=\"{1:.1}\" text-anchor=\"end\">{label}</text>",
                LEFT - 8.0,
                y + 4.0
            );
        }
        let _ = writeln!(
            svg,
            "<text class=\"text\" x=\"{0:.1}\" y=\"{1}\" text-anchor=\"middle\">{2}</text>\n\
             <text class=\"text\" transform=\"translate(16 {3:.1}) rotate(-90)\" \
             text-anchor=\"middle\">{4}</text>",
            f64::midpoint(LEFT, right),
            HEIGHT - 14.0,
            escaped(self.across),
            f64::midpoint(TOP, bottom),
            escaped(self.up)
        );
    }

    /// Names beside the ends of the lines, moved apart where they would cover each other.
    fn legend(&self, axes: &Axes, svg: &mut String) {
        const APART: f64 = 18.0;
        let mut ends: Vec<_> = self
            .lines
            .iter()
            .enumerate()
            .filter_map(|(number, line)| {
                let end = line.points.last()?;
                Some((
                    axes.y(end.1),
                    axes.x(end.0),
                    number % COLOURS.len(),
                    &line.name,
                ))
            })
            .collect();
        ends.sort_by(|one, other| one.0.total_cmp(&other.0));
        // From the top down, and back up from the bottom of the chart.
        let mut places: Vec<f64> = ends.iter().map(|end| end.0).collect();
        for at in 1..places.len() {
            places[at] = places[at].max(places[at - 1] + APART);
        }
        let mut lowest = HEIGHT - BOTTOM;
        for place in places.iter_mut().rev() {
            *place = place.min(lowest);
            lowest = *place - APART;
        }
        for ((y, x, colour, name), place) in ends.iter().zip(places) {
            let label = WIDTH - RIGHT + 22.0;
            let _ = writeln!(
                svg,
                "<line class=\"leader\" x1=\"{0:.1}\" y1=\"{y:.1}\" x2=\"{1:.1}\" y2=\"{place:.1}\"/>\
                 <text class=\"c{colour}\" stroke-width=\"0\" x=\"{label:.1}\" y=\"{2:.1}\">{3}</text>",
                x + 5.0,
                label - 3.0,
                place + 4.0,
                escaped(name)
            );
        }
    }
}

impl ChartLine {
    fn draw(&self, colour: usize, axes: &Axes, svg: &mut String) {
        let thick = if colour == 0 { " thick" } else { "" };
        let place = |point: &(u64, f64)| (axes.x(point.0), axes.y(point.1));
        let points: Vec<String> = self
            .points
            .iter()
            .map(place)
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let points = points.join(" ");
        let _ = writeln!(
            svg,
            "<polyline class=\"c{colour}{thick}\" points=\"{points}\"/>"
        );
        for (x, y) in self.points.iter().map(place) {
            let _ = writeln!(
                svg,
                "<circle class=\"c{colour}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>"
            );
        }
    }
}

/// What the axes show.
struct Axes {
    /// The values across, sorted, which are marked as they are.
    across: Vec<u64>,
    /// The lowest and the highest value up.
    low: f64,
    high: f64,
}

impl Axes {
    fn around(lines: &[ChartLine]) -> Self {
        let points = lines.iter().flat_map(|line| &line.points);
        let mut across: Vec<u64> = points.clone().map(|point| point.0).collect();
        across.sort_unstable();
        across.dedup();
        let lowest = points.clone().map(|point| point.1).fold(f64::MAX, f64::min);
        let highest = points.map(|point| point.1).fold(f64::MIN, f64::max);
        let steps = || steps(lowest, highest);
        Self {
            across,
            low: steps().rfind(|step| *step <= lowest).unwrap_or(lowest),
            high: steps().find(|step| *step >= highest).unwrap_or(highest),
        }
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        // Where there are many decades, only they are marked.
        let is_wide = self.high / self.low > 1e4;
        steps(self.low, self.high)
            .filter(|step| (self.low * 0.99..=self.high * 1.01).contains(step))
            .filter(move |step| !is_wide || step.log10().fract().abs() < 1e-6)
    }

    fn x(&self, value: u64) -> f64 {
        let share = share(
            value as f64,
            self.across[0] as f64,
            self.across[self.across.len() - 1] as f64,
        );
        LEFT + 12.0 + share * (WIDTH - RIGHT - LEFT - 24.0)
    }

    fn y(&self, value: f64) -> f64 {
        let bottom = HEIGHT - BOTTOM;
        bottom - share(value, self.low, self.high) * (bottom - TOP)
    }
}

/// 1, 2, 5, 10, 20 and so on, at least from `low` to `high`.
fn steps(low: f64, high: f64) -> impl DoubleEndedIterator<Item = f64> {
    let decades = low.log10().floor() as i32 - 1..=high.log10().ceil() as i32 + 1;
    decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(decade)))
}

/// How far a value is on the way from `low` to `high`, each step being a factor.
fn share(value: f64, low: f64, high: f64) -> f64 {
    if low == high {
        return 0.5;
    }
    (value / low).ln() / (high / low).ln()
}

fn tick(value: f64) -> String {
    match value {
        _ if value >= 1e6 => format!("{} M", value / 1e6),
        _ if value >= 1e3 => format!("{} k", value / 1e3),
        _ if value >= 1.0 => format!("{value:.0}"),
        _ => format!("{value}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_shows_its_points_on_logarithmic_axes() {
        let chart = Chart {
            title: "a < b",
            across: "sinks",
            up: "ns",
            lines: vec![ChartLine {
                name: "ours".to_owned(),
                points: vec![(1, 1.0), (10, 10.0), (100, 100.0)],
            }],
        };
        let svg = chart.draw();
        assert!(svg.contains("a &lt; b"), "{svg}");
        // The middle one is in the middle, both ways.
        assert!(svg.contains("332.5,202.5"), "{svg}");
    }
}
