//! The words of tickets, notes and time entries, consistent within one ticket.

use super::World;
use super::dice::Dice;
use super::note::{Author, Note, Sort};
use super::problem::{Problem, Sort as Kind, problem};
use super::text::fill;
use super::ticket::Ticket;
use super::work::Work;
use super::{person, technician};

const DEVICES: [&str; 12] = [
    "ThinkPad T14",
    "Latitude 5540",
    "Surface Laptop 5",
    "OptiPlex 7010",
    "MacBook Air",
    "EliteBook 840",
    "front desk PC",
    "meeting room PC",
    "ProDesk 400",
    "Precision 3660",
    "warehouse tablet",
    "iPad",
];
const APPS: [&str; 12] = [
    "Sage 50",
    "Xero",
    "AutoCAD LT",
    "QuickBooks",
    "the booking system",
    "Dentally",
    "the CRM",
    "Adobe Acrobat",
    "the till software",
    "LEAP",
    "the stock system",
    "Excel",
];
const ROOMS: [&str; 8] = [
    "reception",
    "the accounts office",
    "the first floor",
    "meeting room 2",
    "the warehouse",
    "the back office",
    "the showroom",
    "the annexe",
];

/// The draws that stay the same over a whole ticket, so that its texts agree.
struct Scene<'w> {
    world: &'w World,
    ticket: &'w Ticket,
    device: &'static str,
    app: &'static str,
    room: &'static str,
    number: u32,
    /// What people without a name are called.
    nobody: &'static str,
}

impl<'w> Scene<'w> {
    fn new(world: &'w World, ticket: &'w Ticket) -> Self {
        let mut dice = ticket.words.clone();
        Self {
            world,
            ticket,
            device: dice.pick(&DEVICES),
            app: dice.pick(&APPS),
            room: dice.pick(&ROOMS),
            number: 1 + dice.below(40),
            nobody: "a colleague",
        }
    }

    fn fill(&self, out: &mut String, template: &str) {
        fill(out, template, |name, out| self.value(name, out));
    }

    fn value(&self, name: &str, out: &mut String) {
        let person = self.ticket.person;
        match name {
            "first" => out.push_str(person.map_or(self.nobody, |p| person::name(self.world, p).0)),
            "last" => out.push_str(person.map_or("", |p| person::name(self.world, p).1)),
            "company" => out.push_str(self.world.company_name(self.ticket.company)),
            "tech" => {
                let owner = self.ticket.owner.unwrap_or(0);
                out.push_str(technician::name(self.world, owner).0);
            }
            "colleague" => {
                let per_company = self.world.config.contacts_per_company;
                let next =
                    person.map_or(0, |p| p / per_company * per_company + (p + 1) % per_company);
                out.push_str(person::name(self.world, next).0);
            }
            "device" => out.push_str(self.device),
            "app" => out.push_str(self.app),
            "room" => out.push_str(self.room),
            "n" => push_number(out, self.number),
            "asset" => {
                out.push_str("HL-");
                push_number(
                    out,
                    10_000 + self.ticket.company * 37 % 900 * 100 + self.number,
                );
            }
            "host" => {
                out.push_str(
                    ["SRV-DC0", "SRV-FILE0", "SRV-SQL0", "SRV-RDS0"][self.number as usize % 4],
                );
                push_number(out, 1 + self.number % 3);
            }
            "percent" => push_number(out, 80 + self.number % 20),
            _ => out.push_str(name),
        }
    }
}

fn push_number(out: &mut String, number: u32) {
    use std::fmt::Write;
    let _ = write!(out, "{number}");
}

/// The serial tag of the device a ticket is about.
pub fn asset(world: &World, ticket: &Ticket) -> String {
    let mut out = String::new();
    Scene::new(world, ticket).value("asset", &mut out);
    out
}

/// The place a ticket is about.
pub fn room(world: &World, ticket: &Ticket) -> &'static str {
    Scene::new(world, ticket).room
}

/// Which of several texts a ticket takes.
fn variant(ticket: &Ticket, texts: &[&str]) -> usize {
    let mut dice = ticket.words.clone();
    dice.bits();
    dice.below(texts.len() as u32) as usize
}

/// The text that goes with the ticket's title: lists are in the same order as the titles, and
/// where there are fewer, neighbouring titles share one.
fn matching(ticket: &Ticket, kind: &Problem, texts: &'static [&'static str]) -> &'static str {
    let title = variant(ticket, kind.titles);
    texts[title * texts.len() / kind.titles.len()]
}

/// The title.
pub fn title(world: &World, ticket: &Ticket) -> String {
    let scene = Scene::new(world, ticket);
    let mut out = String::with_capacity(80);
    match ticket.number % 331 {
        17 => out.push_str("FW: RE: RE: "),
        44 => out.push_str("🔥 URGENT 🔥 "),
        90 => out.push_str("  "),
        _ => {}
    }
    let kind = problem(ticket.problem);
    scene.fill(&mut out, kind.titles[variant(ticket, kind.titles)]);
    match ticket.number % 331 {
        151 => out.push_str(" <script>alert(1)</script>"),
        201 => out.push_str(" &amp; \"quotes\" 'n' more \\ backslash"),
        250 => lengthen(&mut out, 255),
        _ => {}
    }
    out
}

fn lengthen(out: &mut String, limit: usize) {
    let more = " – and this also happens on the other machines in the office, not just mine";
    while out.chars().count() + 12 < limit {
        out.push_str(more);
    }
    *out = out.chars().take(limit).collect();
}

/// The first report.
pub fn description(world: &World, ticket: &Ticket) -> String {
    let scene = Scene::new(world, ticket);
    let mut dice = ticket.words.clone();
    let kind = problem(ticket.problem);
    let mut out = String::with_capacity(400);
    dice.bits();
    dice.bits();
    if ticket.by_client {
        scene.fill(
            &mut out,
            dice.pick(&[
                "Hi,\n\n",
                "Hello team,\n\n",
                "Morning,\n\n",
                "",
                "Hi all\n\n",
                "Dear Support,\n\n",
            ]),
        );
    } else if ticket.person.is_some() && matches!(kind.sort, Kind::Request | Kind::Incident) {
        scene.fill(
            &mut out,
            dice.pick(&[
                "{first} called: ",
                "Call from {first} {last}. ",
                "",
                "Reported by {first} at {company}:\n",
            ]),
        );
    }
    scene.fill(&mut out, matching(ticket, kind, kind.reports));
    if ticket.by_client {
        scene.fill(
            &mut out,
            dice.pick(&[
                "\n\nThanks,\n{first}",
                "\n\nKind regards\n\n{first} {last}\n{company}",
                "\n\nCheers, {first}",
                "\n\nMany thanks in advance\n{first}",
                "",
            ]),
        );
    }
    oddities(&scene, &mut out, &mut dice);
    out
}

/// What real mailboxes deliver now and then.
fn oddities(scene: &Scene<'_>, out: &mut String, dice: &mut Dice) {
    match scene.ticket.number % 509 {
        13 | 260 => out.push_str(" 😤🖨️ ¯\\_(ツ)_/¯"),
        57 | 300 => scene.fill(
            out,
            "\n\n> On Tuesday, {tech} wrote:\n> > Could you send a screenshot?\n> > -- \n> > {tech}\n>\n> It is attached.",
        ),
        101 => out.push_str("\n\n<script>alert(1)</script>\n<b>Important</b> &amp; urgent &lt;please read&gt;"),
        150 => {
            out.push_str("\n\nLog:\n");
            for line in 0..60 {
                scene.fill(out, "2026-01-14 08:12:");
                push_number(out, 10 + line % 50);
                scene.fill(out, " ERROR [{host}] request failed after 30000 ms (attempt ");
                push_number(out, line);
                out.push_str(")\tretrying…\r\n");
            }
        }
        203 => out.push_str("\n\n\u{202e}gnp.tohsneercs\u{202c} – zero\u{200b}width and e\u{301} combining"),
        255 => scene.fill(
            out,
            "\n\n_____\nThis e-mail and any attachment are confidential to {company}. If it reached you by mistake please delete it.\n🌳 Think before you print.",
        ),
        _ => {
            if dice.percent(6) {
                scene.fill(out, "\n\nSent from my iPhone");
            }
        }
    }
}

/// What solved it.
pub fn resolution(world: &World, ticket: &Ticket) -> String {
    let kind = problem(ticket.problem);
    let mut out = String::with_capacity(160);
    Scene::new(world, ticket).fill(&mut out, matching(ticket, kind, kind.fixes));
    out
}

/// Title and text of a note.
pub fn note(world: &World, ticket: &Ticket, note: &Note) -> (String, String) {
    let scene = Scene {
        nobody: "there",
        ..Scene::new(world, ticket)
    };
    let kind = problem(ticket.problem);
    let mut dice = note.words.clone();
    let mut text = String::with_capacity(240);
    match note.sort {
        Sort::Reply => {
            scene.fill(&mut text, "Hi {first},\n\n");
            scene.fill(&mut text, dice.pick(kind.replies));
            scene.fill(&mut text, "\n\nKind regards,\n");
            if let Author::Technician(index) = note.author {
                let (first, last) = technician::name(world, index);
                text.push_str(first);
                text.push(' ');
                text.push_str(last);
            }
        }
        Sort::Answer => {
            scene.fill(&mut text, dice.pick(kind.answers));
            if note.place > 1 {
                scene.fill(
                    &mut text,
                    "\n\nOn the last update {tech} wrote:\n> Hi {first},\n> ",
                );
                scene.fill(&mut text, &kind.replies[0].replace('\n', "\n> "));
            }
        }
        Sort::Aside => scene.fill(&mut text, dice.pick(kind.asides)),
        Sort::Fix => {
            scene.fill(&mut text, "Hi {first},\n\n");
            text.push_str(&resolution(world, ticket));
            scene.fill(
                &mut text,
                "\n\nI am closing this ticket; just reply if anything is left.\n{tech}",
            );
        }
        Sort::Rule => scene.fill(&mut text, dice.pick(RULES)),
    }
    (note_title(kind, note.sort).to_owned(), text)
}

const RULES: &[&str] = &[
    "Workflow rule \"New ticket acknowledgement\" fired: notification sent to {first} {last}.",
    "Workflow rule \"Waiting for client, 3 days\" fired: reminder sent.",
    "Workflow rule \"First response due\" fired: queue lead notified.",
];

fn note_title(kind: &'static Problem, sort: Sort) -> &'static str {
    match sort {
        Sort::Reply => "Update from the service desk",
        Sort::Answer => "Reply from client",
        Sort::Aside => "Internal note",
        Sort::Fix => kind.detail,
        Sort::Rule => "Workflow Rule - Notification",
    }
}

/// Summary for the client and internal text of a time entry.
pub fn work(world: &World, ticket: &Ticket, work: &Work) -> (String, Option<String>) {
    let scene = Scene::new(world, ticket);
    let kind = problem(ticket.problem);
    let mut dice = work.words.clone();
    let mut summary = String::with_capacity(160);
    scene.fill(&mut summary, matching(ticket, kind, kind.fixes));
    let internal = dice.percent(35).then(|| {
        let mut text = String::new();
        scene.fill(&mut text, dice.pick(kind.asides));
        text
    });
    (summary, internal)
}
