//! Mail, cloud files and programs.

use crate::world::problem::{Area, Problem, Sort};

/// The kinds.
pub static PROBLEMS: [Problem; 9] = [
    Problem {
        area: Area::Email,
        detail: "Mailbox full",
        sort: Sort::Incident,
        urgency: 1,
        weight: 7,
        titles: &[
            "Mailbox full – cannot send",
            "Outlook says my mailbox has reached its maximum size",
            "Archive for {first} {last}",
        ],
        reports: &[
            "I can receive but not send any more. Outlook says that my mailbox is {percent} GB of 50 GB. Can I get more space? I need the old mails for the audit.",
            "Bounces to clients: 'mailbox full'. Please help, invoices go out today.",
        ],
        replies: &[
            "I have switched on the online archive. Mail older than two years moves there overnight; you find it below your mailbox in Outlook.",
            "As a first step I emptied the recoverable items, you can send again.",
        ],
        answers: &[
            "I can send again. Will the archive be searchable?",
            "Thanks, I see the archive folder now.",
        ],
        asides: &[
            "Archive enabled, retention tag 2y. Licence check: Business Premium, fine.",
            "18 GB in Deleted Items…",
        ],
        fixes: &[
            "Online archive enabled; mailbox is at 61 % now.",
            "Cleared deleted items and explained the archive.",
        ],
    },
    Problem {
        area: Area::Email,
        detail: "Outlook not syncing",
        sort: Sort::Incident,
        urgency: 1,
        weight: 12,
        titles: &[
            "Outlook stuck on 'Updating inbox'",
            "No new mail since this morning",
            "Outlook keeps crashing on start",
            "Shared mailbox not showing in Outlook",
        ],
        reports: &[
            "My Outlook has not received anything since 8:15 but I can see new mail on my phone.",
            "Outlook closes right after it opens. I restarted the {device} twice.",
            "The shared mailbox info@ has disappeared from the left-hand side in my Outlook, {colleague} still has it.",
        ],
        replies: &[
            "I will rebuild your Outlook profile; this takes about 20 minutes and you can use webmail meanwhile.",
            "Please start Outlook while holding Ctrl and choose safe mode. Does it stay open then?",
        ],
        answers: &[
            "In safe mode it works.",
            "It is downloading now, looks good.",
            "Webmail is fine, it's only Outlook.",
        ],
        asides: &[
            "Add-in of {app} crashes it, event 1000. Disabled.",
            "OST was 48 GB, recreated with 12 months cache.",
        ],
        fixes: &[
            "Disabled the faulty add-in and updated it.",
            "Recreated the Outlook profile.",
            "Automapping repaired, shared mailbox is back.",
        ],
    },
    Problem {
        area: Area::Email,
        detail: "Message not delivered",
        sort: Sort::Incident,
        urgency: 1,
        weight: 6,
        titles: &[
            "Mail to client bounces with 550 5.7.1",
            "Undeliverable: quotation",
            "E-mails from us land in spam at a customer",
        ],
        reports: &[
            "My mails to one customer come back with '550 5.7.1 message rejected due to DMARC policy'. Everything else works.",
            "A client says all our mails end up in junk since Monday. {company} cannot lose this order!",
        ],
        replies: &[
            "Your new newsletter tool was missing from the SPF record. I corrected it; please try again after 11.",
            "Could you forward the bounce as an attachment so that I see the headers?",
        ],
        answers: &["Here it is, see attachment.", "Went through now, thanks!"],
        asides: &[
            "SPF had 11 look-ups. Flattened. DMARC p=quarantine at the other side.",
            "IP on a block list, delisting requested.",
        ],
        fixes: &[
            "SPF and DKIM corrected, test mail passed DMARC.",
            "Delisted from the block list, delivery confirmed.",
        ],
    },
    Problem {
        area: Area::Email,
        detail: "Distribution list change",
        sort: Sort::Request,
        urgency: 0,
        weight: 6,
        titles: &[
            "Add {colleague} to the sales@ list",
            "Remove leavers from the sales@ list",
            "Out of office for a colleague on sick leave",
        ],
        reports: &[
            "Please add {colleague} to the distribution list sales@ and remove the two people who left.",
            "{colleague} is off sick for two weeks. Could you set an out-of-office message and forward urgent mail to me?",
        ],
        replies: &[
            "Done. Changes to lists can take up to an hour to show in the address book.",
            "Could your manager confirm the forwarding, please? It is a privacy matter.",
        ],
        answers: &[
            "Confirmed by our director, see below.",
            "Perfect, thank you.",
        ],
        asides: &[
            "Approval from primary contact on file.",
            "List is synced from AD, changed there.",
        ],
        fixes: &[
            "List updated as asked.",
            "Out-of-office and forwarding set until the end of the month.",
        ],
    },
    Problem {
        area: Area::Cloud,
        detail: "Teams call quality",
        sort: Sort::Incident,
        urgency: 1,
        weight: 6,
        titles: &[
            "Nobody can hear me in Teams",
            "Microphone dead in Teams",
            "Teams meetings freeze in {room}",
        ],
        reports: &[
            "In Teams meetings the others cannot hear me since the last update. The headset works with music.",
            "Every meeting we hold in {room} freezes after ten minutes. On mobile data it is fine.",
        ],
        replies: &[
            "Please click the three dots, Settings, Devices and tell me which microphone is selected.",
            "I moved the room's screen to the cable network instead of the Wi-Fi. Please try your next meeting.",
        ],
        answers: &[
            "It was set to the docking station, now it works!",
            "Better, but the picture still stutters a little.",
        ],
        asides: &[
            "Driver of the dock replaced the default device.",
            "Wi-Fi channel 36 crowded, moved AP to 100.",
        ],
        fixes: &[
            "Selected the headset as the default device.",
            "Meeting room PC wired; channel changed on the access point.",
        ],
    },
    Problem {
        area: Area::Cloud,
        detail: "OneDrive sync error",
        sort: Sort::Incident,
        urgency: 0,
        weight: 7,
        titles: &[
            "OneDrive red cross on files",
            "SharePoint document locked by another user",
            "Files missing after OneDrive sync",
        ],
        reports: &[
            "My OneDrive shows 'processing changes' for two days and {n} files have a red cross.",
            "A Word file in the team folder says it is locked for editing by {colleague}, who is on holiday.",
            "I can't find the folder 'Tender 2026' on my PC any more, it is still there in the browser. Did I delete it?? 😱",
        ],
        replies: &[
            "Some file names contain characters that OneDrive does not accept. I have renamed them, the list is attached.",
            "Nothing is lost: the folder was set to online only. I have marked it as always available.",
        ],
        answers: &["Phew! Thank you.", "Syncing again, green ticks everywhere."],
        asides: &[
            "Path length over 400 characters in the archive branch.",
            "Reset with onedrive.exe /reset, lock cleared.",
        ],
        fixes: &[
            "Renamed the files and reset the sync client.",
            "Restored the folder from the site's recycle bin.",
            "Released the lock; versions are complete.",
        ],
    },
    Problem {
        area: Area::Software,
        detail: "Line-of-business application error",
        sort: Sort::Incident,
        urgency: 2,
        weight: 12,
        titles: &[
            "{app} error when saving",
            "Database error in {app}",
            "{app} very slow today",
            "{app} won't start after update",
        ],
        reports: &[
            "{app} shows 'Run-time error 339' when I save. It happens to everybody in {room}.",
            "Since this morning it takes two minutes to open a record in {app}. We have customers waiting.",
            "After last night's update {app} closes without a message.",
        ],
        replies: &[
            "I have opened a case with the vendor of {app} and will keep you posted. As a workaround please use the web version.",
            "Could you try on another PC so that we know whether it is the program or the server?",
        ],
        answers: &[
            "Same on {colleague}'s computer.",
            "The web version works for now.",
            "Any news? We really need this today.",
        ],
        asides: &[
            "Vendor case #{n}4417, second level asks for logs.",
            "SQL index fragmentation on {host}, rebuild planned tonight.",
        ],
        fixes: &[
            "Vendor hotfix installed, tested with {first}.",
            "Rebuilt the database indexes; saving takes one second again.",
            "Rolled back to the previous version until the fix is out.",
        ],
    },
    Problem {
        area: Area::Software,
        detail: "Licence activation",
        sort: Sort::Incident,
        urgency: 0,
        weight: 5,
        titles: &[
            "Office says 'unlicensed product'",
            "Word: product deactivated",
            "{app} licence in use on another device",
        ],
        reports: &[
            "Word shows a red bar 'Product deactivated' and I cannot edit any more.",
            "{app} says that the licence is used on another device. I only have this one.",
        ],
        replies: &[
            "Your account had lost its licence in a group change, it is back. Please sign out of Office and in again.",
            "I released the licence of the old {device}.",
        ],
        answers: &["Works again.", "It still says unlicensed in Excel."],
        asides: &[
            "Licence group empty after directory sync error, fixed for 3 users.",
            "Old PC {asset} still held the seat.",
        ],
        fixes: &[
            "Licence assigned again and Office activated.",
            "Freed the seat on the retired PC.",
        ],
    },
    Problem {
        area: Area::Software,
        detail: "Excel / Word question",
        sort: Sort::Request,
        urgency: 0,
        weight: 5,
        titles: &[
            "Excel file opens read-only",
            "Macro blocked in spreadsheet",
            "Word template with the new logo",
        ],
        reports: &[
            "The price list opens as read-only for everyone although nobody has it open.",
            "Excel blocks the macro in our order form with a red banner. The form is from our own server.",
            "We have a new logo. How do we get it into the letter template on all PCs?",
        ],
        replies: &[
            "I added your file share to the trusted locations. Please close Excel and open the form again.",
            "If you send me the logo I will put it in the template today.",
        ],
        answers: &[
            "Logo attached (PNG and SVG).",
            "Works, thank you very much.",
        ],
        asides: &[
            "Mark of the web, path now in intranet zone via policy.",
            "Owner file ~$ left behind after crash.",
        ],
        fixes: &[
            "Trusted location rolled out by policy.",
            "Template updated on all PCs.",
            "Removed the stale lock file.",
        ],
    },
];
