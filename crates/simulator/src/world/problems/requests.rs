//! People who come and go, orders, questions.

use crate::world::problem::{Area, Problem, Sort};

/// The kinds.
pub static PROBLEMS: [Problem; 7] = [
    Problem {
        area: Area::People,
        detail: "New starter",
        sort: Sort::Request,
        urgency: 1,
        weight: 8,
        titles: &[
            "New starter on Monday: {colleague}",
            "Account and laptop for a new colleague",
            "Onboarding {colleague} – sales",
        ],
        reports: &[
            "{colleague} starts on Monday as {app} clerk. Please set up account, mailbox, phone extension and a laptop like mine. Manager: {first} {last}.",
            "We have a new trainee in {room} from the first of the month. Same rights as the other trainees please.",
        ],
        replies: &[
            "All set up. The sign-in details go to the manager by text message, the laptop arrives on Friday.",
            "Which groups should the new colleague be in? I have attached the list.",
        ],
        answers: &[
            "Sales and Newsletter, nothing else.",
            "Laptop arrived, all works. Thanks!",
            "The start moved to the 15th.",
        ],
        asides: &[
            "Licence ordered, Autopilot profile assigned to {asset}.",
            "Starter form missing, asked for it.",
        ],
        fixes: &["Account, mailbox, extension and laptop delivered; checked on the first day."],
    },
    Problem {
        area: Area::People,
        detail: "Leaver",
        sort: Sort::Request,
        urgency: 2,
        weight: 6,
        titles: &[
            "Leaver: {colleague}, last day Friday",
            "{colleague} is leaving us",
            "Please disable account immediately",
        ],
        reports: &[
            "{colleague} leaves us on Friday. Please disable the account at 17:00, convert the mailbox and give me access.",
            "Confidential: please disable the account of {colleague} right now.",
        ],
        replies: &[
            "The account is disabled and all sessions are ended. The mailbox is shared with you for 90 days.",
            "Shall I wipe the company data from the phone as well?",
        ],
        answers: &["Yes please, wipe it.", "Thank you for the discretion."],
        asides: &[
            "Director confirmed by phone. Signed out, MFA removed, forwarding off.",
            "Licence freed at the end of the month.",
        ],
        fixes: &["Account disabled, mailbox converted, equipment {asset} returned."],
    },
    Problem {
        area: Area::People,
        detail: "Department or name change",
        sort: Sort::Request,
        urgency: 0,
        weight: 3,
        titles: &[
            "Name change after wedding 🎉",
            "{colleague} moves to another department",
        ],
        reports: &[
            "I got married! My new last name should appear in the address book, and mail to the old address should still arrive.",
            "{colleague} moves from {room} to accounts next week, please change the rights.",
        ],
        replies: &[
            "Congratulations! The new address is active and the old one stays as an alias.",
            "I prepared the change for Monday morning.",
        ],
        answers: &["Thank you so much!", "Perfect."],
        asides: &[
            "UPN changed, OneDrive URL follows.",
            "Old groups removed by access review.",
        ],
        fixes: &[
            "Name, address and alias changed.",
            "Groups swapped on the agreed day.",
        ],
    },
    Problem {
        area: Area::Purchasing,
        detail: "Quote for hardware",
        sort: Sort::Request,
        urgency: 0,
        weight: 7,
        titles: &[
            "Quote for {n} laptops",
            "{n} new laptops with dock",
            "New PC for {room}",
        ],
        reports: &[
            "Could you send a quote for {n} laptops like the {device}, with dock and bag? Delivery before the end of the month.",
            "We need a new PC and two screens for {room}. What do you recommend?",
        ],
        replies: &[
            "The quote is in your mailbox, valid for 14 days because of the exchange rate.",
            "The model you have is no longer made; the successor costs a little more but has more memory.",
        ],
        answers: &[
            "Approved, please order.",
            "Too expensive, do you have something simpler?",
            "PO number is {n}-2241.",
        ],
        asides: &[
            "Distributor has 12 in stock, ETA Thursday.",
            "Margin checked with Ruth.",
        ],
        fixes: &["Ordered and delivered.", "Quote declined, closed."],
    },
    Problem {
        area: Area::Purchasing,
        detail: "Licence purchase",
        sort: Sort::Request,
        urgency: 0,
        weight: 5,
        titles: &[
            "{n} more Microsoft 365 licences",
            "{app} licence for {colleague}",
            "Cancel unused licences",
        ],
        reports: &[
            "Please add {n} Business Premium licences from the first.",
            "We pay for licences nobody uses. Could you cancel those of people who left?",
        ],
        replies: &[
            "Added. They appear on the next invoice pro rata.",
            "Annual terms can only be reduced in March; I set a reminder and moved two to new colleagues.",
        ],
        answers: &["Good, thanks.", "Okay, please remind us."],
        asides: &[
            "NCE annual, renewal date in CRM.",
            "3 unassigned seats found.",
        ],
        fixes: &["Licences added and assigned.", "Reduced at renewal."],
    },
    Problem {
        area: Area::Hardware,
        detail: "Move or install workplace",
        sort: Sort::Request,
        urgency: 0,
        weight: 5,
        titles: &[
            "Office move: {n} workplaces",
            "{n} desks move to {room}",
            "Set up desk in {room}",
        ],
        reports: &[
            "We are moving {n} desks from the first floor to {room} next Friday. Can somebody come and plug everything in?",
            "Please set up the PC for the new desk in {room}; there is only one network socket.",
        ],
        replies: &[
            "Connor and Eilidh will be with you on Friday at 8:00. Please pack small parts in labelled boxes.",
            "We need a second socket, I have asked the electrician.",
        ],
        answers: &[
            "Great, parking is behind the building.",
            "Electrician was here, socket {n} is live.",
        ],
        asides: &[
            "Patch plan updated, 2 ports spare on SW2.",
            "Half a day, onsite rate.",
        ],
        fixes: &[
            "Move finished, all workplaces tested.",
            "Desk set up with a small switch.",
        ],
    },
    Problem {
        area: Area::Software,
        detail: "How-to question",
        sort: Sort::Request,
        urgency: 0,
        weight: 6,
        titles: &[
            "How do I recall an e-mail?",
            "How to share a calendar",
            "Question about {app}",
        ],
        reports: &[
            "Is there a way to get an e-mail back that I sent to the wrong person?",
            "How can I let {colleague} see my calendar but not the private entries?",
            "How do I export the list of customers from {app} to Excel? I am sure it was possible once.",
        ],
        replies: &[
            "Here is a short guide with pictures. If it does not work call me and we do it together.",
            "In {app} choose File, Export, Spreadsheet; the right for it has been added to your role.",
        ],
        answers: &[
            "Found it, thank you for your patience.",
            "The guide helped, thanks.",
        ],
        asides: &[
            "KB article 118 sent.",
            "Training suggested to account manager.",
        ],
        fixes: &[
            "Explained by e-mail with a guide.",
            "Shown in a remote session.",
        ],
    },
];
