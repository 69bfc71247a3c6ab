//! Backups, computers, printers and planned work.

use crate::world::problem::{Area, Problem, Sort};

/// The kinds.
pub static PROBLEMS: [Problem; 10] = [
    Problem {
        area: Area::Backup,
        detail: "Backup failed",
        sort: Sort::Alert,
        urgency: 2,
        weight: 9,
        titles: &[
            "[Backup] Job failed: {host}",
            "Backup warning at {company}: {n} items skipped",
            "Offsite copy behind schedule – {company}",
        ],
        reports: &[
            "Job: Daily {host}\nResult: Failed\nError: VSS_E_WRITER_STATUS_NOT_AVAILABLE\nDuration: 00:04:{n}",
            "The offsite copy is 2 days behind. Remaining: {percent} GB.",
        ],
        replies: &[
            "Last night's backup did not complete. A new run has started; there is no risk for your data.",
        ],
        answers: &["Thanks for letting us know."],
        asides: &[
            "SQL VSS writer timed out, restarted service, job green.",
            "Repository full, immutable chain expires tomorrow.",
        ],
        fixes: &[
            "Writer restarted, job completed at 11:40.",
            "Upload limit raised at night; copy caught up.",
        ],
    },
    Problem {
        area: Area::Backup,
        detail: "Restore request",
        sort: Sort::Request,
        urgency: 2,
        weight: 5,
        titles: &[
            "Restore deleted folder",
            "Folder deleted by mistake",
            "File overwritten by mistake",
        ],
        reports: &[
            "I deleted the folder 'Contracts 2025' by mistake. Can you get it back as of yesterday evening?",
            "{colleague} saved over the budget file. We need the version from Tuesday, before 14:00.",
        ],
        replies: &[
            "I restored the folder next to the original with '-restored' in its name. Please check that everything is there.",
            "Which of these versions is the right one? Mon 18:00, Tue 12:00, Tue 18:00",
        ],
        answers: &["Tuesday 12:00 please.", "All there, you saved my week!"],
        asides: &[
            "Restored from snapshot, ACLs kept.",
            "File was in the recycle bin of the share all along.",
        ],
        fixes: &[
            "Folder restored from last night's backup.",
            "Version of Tuesday 12:00 restored.",
        ],
    },
    Problem {
        area: Area::Hardware,
        detail: "Computer slow or freezing",
        sort: Sort::Incident,
        urgency: 1,
        weight: 11,
        titles: &[
            "{device} extremely slow",
            "Fan never stops, PC very slow",
            "{device} freezes several times a day",
            "Blue screen on {device}",
        ],
        reports: &[
            "My {device} needs ten minutes to start and the fan never stops. Asset tag is {asset}.",
            "The screen freezes for about a minute, several times a day, mostly in {app}.",
            "I had a blue screen three times today: DPC_WATCHDOG_VIOLATION.",
        ],
        replies: &[
            "Your disk is {percent} % full and Windows waits for an update. I will clean up at lunch time, please leave the {device} on.",
            "The memory test found errors. We will bring you a loan device tomorrow.",
        ],
        answers: &[
            "It is a lot faster now.",
            "Tomorrow at 9 is fine, ask for {colleague} at {room}.",
            "It just happened again!",
        ],
        asides: &[
            "SSD SMART warning, order replacement, warranty until next spring.",
            "27 browser tabs and 4 GB free. Explained.",
        ],
        fixes: &[
            "SSD replaced and Windows reinstalled, data from OneDrive.",
            "Firmware and drivers updated; no freeze for a week.",
            "Cleaned up the disk and removed two virus scanners that fought each other.",
        ],
    },
    Problem {
        area: Area::Hardware,
        detail: "Monitor or dock",
        sort: Sort::Incident,
        urgency: 1,
        weight: 8,
        titles: &[
            "Second monitor not detected",
            "Second screen stays black",
            "Docking station does not charge",
            "No picture on the screen in {room}",
        ],
        reports: &[
            "My second screen stays black since I came back from the home office. Cable is in.",
            "The {device} does not charge on the dock any more and the mouse stops from time to time.",
            "The big screen in {room} says 'No signal' – board meeting at 14:00!",
        ],
        replies: &[
            "Please unplug the dock from power for 20 seconds. It sounds odd, but it clears most of these.",
            "I will come by with a new cable this afternoon.",
        ],
        answers: &[
            "That did the trick 👍",
            "Still black, sorry.",
            "OK, I'm in until five.",
        ],
        asides: &[
            "Dock firmware 1.0.9, known issue. Update pushed.",
            "Took two DP cables from stock.",
        ],
        fixes: &[
            "Dock firmware updated.",
            "Cable replaced on site.",
            "Input source was set to HDMI 2.",
        ],
    },
    Problem {
        area: Area::Hardware,
        detail: "Mouse, keyboard, headset",
        sort: Sort::Request,
        urgency: 0,
        weight: 5,
        titles: &[
            "Keyboard broken – coffee 😬",
            "New keyboard needed",
            "Headset microphone dead",
        ],
        reports: &[
            "I spilled coffee over my keyboard, several keys stick. Could I have a new one?",
            "The microphone of my headset is dead, people only hear noise.",
        ],
        replies: &[
            "A replacement is on its way to you, it should arrive tomorrow.",
            "Please try the spare one in the cupboard at {room} meanwhile.",
        ],
        answers: &["Arrived, thank you!", "The spare one works."],
        asides: &[
            "From stock, billed as hardware.",
            "Warranty claim, serial taken.",
        ],
        fixes: &["Replacement delivered.", "Exchanged under warranty."],
    },
    Problem {
        area: Area::Printing,
        detail: "Printer not printing",
        sort: Sort::Incident,
        urgency: 1,
        weight: 11,
        titles: &[
            "Printer in {room} does not print",
            "Print jobs stuck in queue",
            "Paper jam error but there is no paper",
            "Printer prints strange characters",
        ],
        reports: &[
            "The printer in {room} prints nothing, jobs stay in the queue. We restarted it.",
            "The printer shows 'Paper jam tray 2' but we can't find any paper. Delivery notes must go out at noon.",
            "It prints ten pages of strange characters and then stops.",
        ],
        replies: &[
            "I cleared the queue and restarted the spooler. Please try again.",
            "Could you open the rear door and look for a small piece of paper at the roller? A photo would help.",
        ],
        answers: &[
            "Printing again.",
            "Found it! A tiny label.",
            "No change, still the same message.",
        ],
        asides: &[
            "Driver mismatch after Windows update, went back to v3 driver.",
            "Printer had a new address, DHCP reservation added.",
        ],
        fixes: &[
            "Queue cleared, driver replaced.",
            "Fixed address reserved, printer back online.",
            "Service partner replaced the roller kit.",
        ],
    },
    Problem {
        area: Area::Printing,
        detail: "Scan to e-mail or folder",
        sort: Sort::Incident,
        urgency: 1,
        weight: 6,
        titles: &[
            "Scan to e-mail stopped working",
            "Copier: authentication error",
            "Scanner cannot find the folder",
        ],
        reports: &[
            "The copier says 'Authentication error' when we scan to e-mail, since yesterday.",
            "Scan to folder ends with 'Destination not reachable'.",
        ],
        replies: &[
            "Microsoft switched off the old sign-in method. I set the copier to the relay, please try a scan.",
            "The password of the scan account had expired. I changed it in the copier.",
        ],
        answers: &["Got the scan, thanks.", "Only colour scans fail now."],
        asides: &[
            "SMTP AUTH off tenant-wide, connector with IP added.",
            "SMB1 disabled, firmware update enabled SMB3.",
        ],
        fixes: &[
            "Copier uses the SMTP relay now; test scan received.",
            "Scan account renewed, password does not expire any more.",
        ],
    },
    Problem {
        area: Area::Printing,
        detail: "Toner or maintenance",
        sort: Sort::Request,
        urgency: 0,
        weight: 4,
        titles: &["Toner low – {room}", "Maintenance kit message on printer"],
        reports: &[
            "The printer in {room} says cyan is at 5 %. Please send a new one.",
            "Message 'Replace maintenance kit' since this morning, it still prints.",
        ],
        replies: &["Ordered, it arrives tomorrow with the parcel service."],
        answers: &["Received and installed."],
        asides: &["Under page contract, reported at partner portal."],
        fixes: &["Toner delivered.", "Kit replaced by the service partner."],
    },
    Problem {
        area: Area::Servers,
        detail: "Patch window",
        sort: Sort::Change,
        urgency: 0,
        weight: 6,
        titles: &[
            "Monthly patches: {company}",
            "Scheduled maintenance on {host}",
            "Firmware update firewall {company}",
        ],
        reports: &[
            "Planned work: install this month's updates on {host} and restart.\nWindow: Thursday 21:00–23:00\nRisk: low\nBack-out: snapshot",
            "Planned work: firewall firmware 7.4 → 7.6, outage about 10 minutes.",
        ],
        replies: &[
            "We plan to update your server on Thursday evening. Please have everybody signed out of {app} by 21:00.",
            "Everything is done, all services are up.",
        ],
        answers: &[
            "Approved.",
            "Could we do it one hour later? We have a night shift.",
        ],
        asides: &[
            "Snapshot taken 20:55, removed 23:10.",
            "KB5034 fails on DC, deferred.",
        ],
        fixes: &[
            "All updates installed, services checked.",
            "Firmware updated, VPN tunnels up.",
        ],
    },
    Problem {
        area: Area::Cloud,
        detail: "Tenant setting change",
        sort: Sort::Change,
        urgency: 0,
        weight: 3,
        titles: &[
            "Conditional access policy for {company}",
            "Sign-in rule with exceptions for travellers",
            "External sharing to be limited",
        ],
        reports: &[
            "Change: block sign-ins from outside Europe for all but two travellers.\nApproved by: {first} {last}",
            "Change: sharing links in SharePoint expire after 30 days.",
        ],
        replies: &["The policy is in report-only mode this week; it becomes active on Monday."],
        answers: &["Good, please go ahead."],
        asides: &["Break-glass accounts excluded, tested with what-if."],
        fixes: &["Policy active, no blocked users in the first 24 hours."],
    },
];
