//! Tickets: who wrote, what about, how far it got and when.

use super::World;
use super::dice::{Dice, Purpose};
use super::instant::{DAY, HOUR, MINUTE};
use super::problem::{self, Area, Sort};

/// The longest time between the arrival of a ticket and the last thing that happens to it.
/// Queries by change time rely on it.
pub const LONGEST_LIFE: i64 = 28 * DAY;

/// How far a ticket has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has looked.
    New,
    /// Somebody works on it.
    InProgress,
    /// The client has to answer.
    WaitingCustomer,
    /// A supplier has to answer.
    WaitingVendor,
    /// Parts are on order.
    WaitingMaterials,
    /// A visit or change is planned.
    Scheduled,
    /// Passed to somebody more senior.
    Escalated,
    /// Parked.
    OnHold,
    /// The client has answered.
    CustomerNoteAdded,
    /// Done.
    Complete,
}

/// How urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// Nobody can work.
    Critical,
    /// Somebody cannot work.
    High,
    /// A nuisance.
    Medium,
    /// A wish.
    Low,
}

/// How it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// By mail.
    Email,
    /// By telephone.
    Phone,
    /// Through the portal.
    Portal,
    /// From monitoring.
    Monitoring,
    /// Through chat.
    Chat,
    /// Said to an engineer on site.
    InPerson,
}

/// Who works on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    /// First line.
    FirstLine,
    /// Second line.
    SecondLine,
    /// Alerts.
    Monitoring,
    /// Visits.
    Onsite,
    /// Security.
    Security,
    /// Orders.
    Orders,
    /// Planned work.
    Projects,
}

/// A ticket without its words.
pub struct Ticket {
    /// Number, from 1.
    pub number: u32,
    /// Number of the company; a few name one that does not exist.
    pub company: u32,
    /// Number of the person, unless a machine or nobody known.
    pub person: Option<u32>,
    /// Kind of problem.
    pub problem: u16,
    /// How far it got.
    pub status: Status,
    /// How urgent.
    pub priority: Priority,
    /// How it came in.
    pub source: Source,
    /// Who works on it.
    pub desk: Desk,
    /// Technician assigned.
    pub owner: Option<u32>,
    /// When it came in.
    pub created: i64,
    /// When it should be done.
    pub due: i64,
    /// When it was done.
    pub closed: Option<i64>,
    /// When something last happened.
    pub touched: i64,
    /// When a field was last changed.
    pub edited: i64,
    /// When a technician first answered.
    pub answered: Option<i64>,
    /// Notes that it has or would have.
    pub planned_notes: u32,
    /// How long it takes from arrival to the end.
    pub life: i64,
    /// Position among the tickets of its day, from 1.
    pub position: u32,
    /// Whether the client wrote it, not a technician or a machine for them.
    pub by_client: bool,
    /// Draws for the words.
    pub words: Dice,
}

/// The ticket with this number.
pub fn ticket(world: &World, number: u32) -> Ticket {
    let created = world.arrivals.at(number);
    let mut dice = Dice::new(world.desk_seed, Purpose::Ticket, u64::from(number));
    let kind = problem::drawn((dice.bits() >> 32) as u32);
    let problem = problem::problem(kind);
    let alert = problem.sort == Sort::Alert;
    let company = company_of(world, number, &mut dice);
    let person = person_of(world, company, alert, &mut dice);
    let priority = priority(problem.urgency, &mut dice);
    let source = source(alert, &mut dice);
    let life = life(problem.sort, &mut dice);
    let planned_notes = dice.weighted(&[9, 16, 25, 22, 14, 9, 5]) as u32;
    let desk = desk(problem.area, problem.sort, &mut dice);
    let assigned = dice
        .percent(93)
        .then(|| assignee(world, company, &mut dice));
    let draw = dice.below(100);
    let done_at = created + life;
    let stale = dice.percent(1);
    let closed = (done_at <= world.base_ms && !stale).then_some(done_at);
    let mut ticket = Ticket {
        number,
        company,
        person,
        problem: kind,
        status: Status::Complete,
        priority,
        source,
        desk,
        owner: assigned,
        created,
        due: created + allowed(priority),
        closed,
        touched: created,
        edited: created,
        answered: None,
        planned_notes,
        life,
        position: world.arrivals.position_in_day(number, created),
        by_client: person.is_some()
            && matches!(problem.sort, Sort::Request | Sort::Incident)
            && matches!(source, Source::Email | Source::Portal | Source::Chat),
        words: Dice::new(world.desk_seed, Purpose::TicketWords, u64::from(number)),
    };
    progress(world, &mut ticket, stale, draw);
    ticket
}

/// Fills in what depends on how much of the ticket's life lies before the end of the world.
fn progress(world: &World, ticket: &mut Ticket, stale: bool, draw: u32) {
    let mut last = ticket.created;
    for place in 0..ticket.planned_notes {
        let at = super::note::written_at(ticket, place);
        if at > world.base_ms {
            break;
        }
        last = at;
        if ticket.answered.is_none() {
            ticket.answered = Some(at);
        }
    }
    if let Some(closed) = ticket.closed {
        ticket.touched = closed;
        ticket.edited = closed;
        ticket.owner = ticket
            .owner
            .or(Some(ticket.number % world.config.technicians));
        return;
    }
    ticket.touched = last;
    ticket.edited = ticket.created + (last - ticket.created) / 2;
    let age = world.base_ms - ticket.created;
    ticket.status = match draw {
        _ if ticket.answered.is_none() && age < 4 * HOUR => Status::New,
        _ if stale => [Status::WaitingCustomer, Status::OnHold][draw as usize % 2],
        0..30 => Status::InProgress,
        30..52 => Status::WaitingCustomer,
        52..61 => Status::WaitingVendor,
        61..66 => Status::WaitingMaterials,
        66..75 => Status::Scheduled,
        75..81 => Status::Escalated,
        81..85 => Status::OnHold,
        85..94 => Status::CustomerNoteAdded,
        _ => Status::New,
    };
    if ticket.status == Status::New {
        ticket.owner = None;
    }
}

fn company_of(world: &World, number: u32, dice: &mut Dice) -> u32 {
    let share = dice.share();
    // Two in every few thousand name a company that was deleted long ago.
    if number % 2_503 == 1_211 {
        return world.config.companies + 1_000;
    }
    if dice.percent(2) {
        return 0;
    }
    // A few clients make most of the work.
    let place = (share.powf(1.8) * world.served.len() as f64) as usize;
    world.served[place.min(world.served.len() - 1)]
}

fn person_of(world: &World, company: u32, alert: bool, dice: &mut Dice) -> Option<u32> {
    let share = dice.share();
    let missing = dice.percent(if alert { 85 } else { 3 });
    if company == 0 || company > world.config.companies || missing {
        return None;
    }
    let per_company = world.config.contacts_per_company;
    let place = (share.powf(1.5) * f64::from(per_company)) as u32;
    Some((company - 1) * per_company + place.min(per_company - 1))
}

/// Clients have a technician they usually get.
fn assignee(world: &World, company: u32, dice: &mut Dice) -> u32 {
    let technicians = world.config.technicians;
    if dice.percent(40) {
        company * 7 % technicians
    } else {
        dice.below(technicians)
    }
}

fn priority(urgency: u8, dice: &mut Dice) -> Priority {
    let weights = match urgency {
        0 => [0, 3, 27, 70],
        1 => [1, 12, 72, 15],
        2 => [6, 62, 30, 2],
        _ => [55, 38, 7, 0],
    };
    [
        Priority::Critical,
        Priority::High,
        Priority::Medium,
        Priority::Low,
    ][dice.weighted(&weights)]
}

fn source(alert: bool, dice: &mut Dice) -> Source {
    if alert {
        return Source::Monitoring;
    }
    [
        Source::Email,
        Source::Phone,
        Source::Portal,
        Source::Chat,
        Source::InPerson,
    ][dice.weighted(&[48, 27, 14, 7, 4])]
}

fn life(sort: Sort, dice: &mut Dice) -> i64 {
    let (low, high) = match dice.weighted(&[30, 32, 22, 11, 5]) {
        0 => (12 * MINUTE, 3 * HOUR),
        1 => (3 * HOUR, DAY),
        2 => (DAY, 5 * DAY),
        3 => (5 * DAY, 13 * DAY),
        _ => (13 * DAY, LONGEST_LIFE - DAY),
    };
    let life = low + ((high - low) as f64 * dice.share()) as i64;
    if sort == Sort::Change {
        (life * 2).min(LONGEST_LIFE - DAY)
    } else {
        life
    }
}

fn allowed(priority: Priority) -> i64 {
    match priority {
        Priority::Critical => 4 * HOUR,
        Priority::High => 8 * HOUR,
        Priority::Medium => 2 * DAY,
        Priority::Low => 5 * DAY,
    }
}

fn desk(area: Area, sort: Sort, dice: &mut Dice) -> Desk {
    match (sort, area) {
        (Sort::Alert, _) => Desk::Monitoring,
        (Sort::Change, _) => Desk::Projects,
        (_, Area::Security) => Desk::Security,
        (_, Area::Purchasing) => Desk::Orders,
        (_, Area::Servers | Area::Network | Area::Backup) => Desk::SecondLine,
        (_, Area::Hardware) if dice.percent(45) => Desk::Onsite,
        _ => [Desk::FirstLine, Desk::SecondLine][dice.weighted(&[85, 15])],
    }
}
