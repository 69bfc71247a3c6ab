//! Sign-in, rights and security.

use crate::world::problem::{Area, Problem, Sort};

/// The kinds.
pub static PROBLEMS: [Problem; 8] = [
    Problem {
        area: Area::Accounts,
        detail: "Password reset",
        sort: Sort::Incident,
        urgency: 1,
        weight: 14,
        titles: &[
            "Locked out of my account",
            "Account locked again",
            "New password not accepted",
            "Password reset for {first} {last}",
        ],
        reports: &[
            "I am locked out of my computer after the long weekend. It says the referenced account is currently locked.",
            "I changed my password on Friday and now Outlook keeps asking for it, the {device} does not accept it either.",
            "Please can you reset my password? I have tried the usual one five times and now it will not let me try again.",
        ],
        replies: &[
            "I have unlocked your account. Please sign in with your current password and let me know if it locks again – that usually means a phone still has the old one.",
            "Your password is reset. You will be asked to choose a new one at the first sign-in, at least 14 characters please.",
        ],
        answers: &[
            "That works, thank you! It was indeed my old phone.",
            "Still locked I'm afraid. Could you ring me on my mobile?",
            "All good now, thanks for the quick help.",
        ],
        asides: &[
            "Lockout source is an iPhone, event 4740 on {host}. Told {first} to update the mail profile.",
            "Third lockout this month, suggest self-service reset for {company}.",
        ],
        fixes: &[
            "Unlocked the account and removed the old password from the phone's mail profile.",
            "Reset the password and signed {first} in once to check.",
        ],
    },
    Problem {
        area: Area::Accounts,
        detail: "MFA / authenticator",
        sort: Sort::Incident,
        urgency: 2,
        weight: 10,
        titles: &[
            "New phone – authenticator codes no longer work",
            "Authenticator app lost after phone upgrade",
            "MFA prompt never arrives",
        ],
        reports: &[
            "I got a new phone yesterday and the authenticator app is empty. I can't approve the sign-in to Microsoft 365 and I have a client meeting at 11.",
            "The number matching prompt does not show up on my phone any more, only on my old one, which is broken.",
        ],
        replies: &[
            "I have cleared the old registration. Please open aka.ms/mfasetup on your PC and scan the code with the new phone; I am on the line if you get stuck.",
            "For security I need to call you back on the number we hold before I reset the second factor. When would suit?",
        ],
        answers: &[
            "Done, scanned it and it works.",
            "You can reach me until 12:30 on the desk phone.",
            "It says the code has expired?",
        ],
        asides: &[
            "Identity verified by call-back to the main number, spoke to {colleague}.",
            "Issued a temporary access pass valid for one hour.",
        ],
        fixes: &[
            "Re-registered MFA on the new phone and removed the old device.",
            "Reset the second factor after call-back, tested with Outlook and Teams.",
        ],
    },
    Problem {
        area: Area::Accounts,
        detail: "Shared folder permissions",
        sort: Sort::Request,
        urgency: 0,
        weight: 9,
        titles: &[
            "Access to the Finance folder for {colleague}",
            "Please give {colleague} access to Finance",
            "No permission to open folder on S: drive",
        ],
        reports: &[
            "{colleague} is taking over the month-end reports. Could you please give read and write access to \\\\srv-file01\\Finance? {first} {last} has approved it.",
            "When I open the HR folder on the S: drive I get 'Access is denied'. I could open it last week.",
        ],
        replies: &[
            "Before I change this: can the folder's owner confirm by reply? I have them in copy.",
            "I have added the permission. Please sign out and in again so it takes effect.",
        ],
        answers: &[
            "I am the owner, so yes, please go ahead.",
            "Signed out and in, works now.",
            "Sorry, read-only is enough.",
        ],
        asides: &[
            "Group SG-Finance-RW, owner approval attached.",
            "Permission was inherited from a group that was cleaned up last week.",
        ],
        fixes: &[
            "Added the user to the right security group and checked access together.",
            "Restored the inherited permission on the folder.",
        ],
    },
    Problem {
        area: Area::Security,
        detail: "Phishing e-mail reported",
        sort: Sort::Incident,
        urgency: 2,
        weight: 9,
        titles: &[
            "Suspicious e-mail – is this real?",
            "Phishing mail pretending to be from the director",
            "I clicked on a link…",
            "FW: Invoice_{n}.html – is this safe?",
        ],
        reports: &[
            "I received the message below asking me to buy gift cards. The sender's name is our director but the address is strange. I have not answered.",
            "I clicked on a link in an e-mail about a parcel and typed in my password before I realised. Sorry! What should I do?",
            "Several of us in {room} got this e-mail with an attachment called Invoice_{n}.html. Is it safe?",
        ],
        replies: &[
            "Thank you for reporting it and for not clicking. I have removed the message from all mailboxes and blocked the sender.",
            "Please change your password right now with the link on your intranet page. I am signing out all your sessions and checking the mailbox for rules.",
        ],
        answers: &[
            "Password is changed. Anything else I should do?",
            "Thanks, I told the others not to open it.",
            "{colleague} says they opened the attachment as well…",
        ],
        asides: &[
            "Sign-in log: no foreign sign-ins. No inbox rules. Sessions revoked.",
            "Purged 12 copies, domain added to block list.",
        ],
        fixes: &[
            "Message purged, sender blocked, sessions revoked, no sign of misuse in the logs.",
            "Harmless newsletter; explained how to recognise it.",
        ],
    },
    Problem {
        area: Area::Security,
        detail: "Malware detected",
        sort: Sort::Alert,
        urgency: 3,
        weight: 5,
        titles: &[
            "[EDR] Threat quarantined on {asset}",
            "Malware alert: {asset} at {company}",
            "Endpoint isolated: {asset}",
        ],
        reports: &[
            "Detection: Trojan:Script/Wacatac.B!ml\nDevice: {asset}\nUser: {first}.{last}\nAction: quarantined\nStatus: review needed",
            "Behaviour monitoring stopped a process that tried to delete shadow copies on {asset}. The device has been isolated from the network.",
        ],
        replies: &[
            "Our monitoring stopped a suspicious file on the {device}. Please do not use it until we call you.",
            "The scan is clean. You can use the {device} again.",
        ],
        answers: &[
            "OK, I'm leaving it switched on and will use {colleague}'s PC.",
            "When can I work again?",
        ],
        asides: &[
            "File came from a macro in a quote attachment. Hash added to block list, no lateral movement.",
            "Full scan running, isolating until done.",
        ],
        fixes: &[
            "File quarantined, full scan clean, isolation lifted.",
            "False positive from the label printer's updater, exclusion added with approval.",
        ],
    },
    Problem {
        area: Area::Security,
        detail: "Blocked website",
        sort: Sort::Request,
        urgency: 0,
        weight: 4,
        titles: &[
            "Please unblock supplier portal",
            "Website blocked by filter",
        ],
        reports: &[
            "The supplier portal we need for orders shows a red page 'Category: newly registered domain'. Can you allow it?",
            "The web filter blocks the page of the trade fair. We need it until Friday.",
        ],
        replies: &[
            "I checked the page, it is fine. It is on the allow list now, please try again in five minutes.",
            "The page is on two reputation lists, so I would rather not open it for everyone. Could you tell me what you need from it?",
        ],
        answers: &[
            "Works, thanks.",
            "Understood, I'll ask them for another way.",
        ],
        asides: &[
            "Domain age 9 days, certificate fine, allowed for this client only.",
            "VirusTotal 2/90, leaving blocked.",
        ],
        fixes: &[
            "Added the domain to the allow list of this client.",
            "Left blocked; client uses the supplier's app instead.",
        ],
    },
    Problem {
        area: Area::Accounts,
        detail: "Admin rights request",
        sort: Sort::Request,
        urgency: 0,
        weight: 3,
        titles: &[
            "Admin rights to install software",
            "Need to install a driver – asks for administrator",
        ],
        reports: &[
            "{app} wants to install an update and asks for an administrator password. Could you type it in remotely?",
            "I need to install the driver for the label printer, but I am not allowed to.",
        ],
        replies: &[
            "I can connect now, please open the remote support link on your desktop.",
            "We install this centrally; it will arrive within the hour.",
        ],
        answers: &["Connected, code is 418 {n}7.", "Great, no rush."],
        asides: &[
            "Used LAPS, password rotated afterwards.",
            "Packaged and deployed to the group instead of a one-off.",
        ],
        fixes: &[
            "Installed the update in a remote session.",
            "Deployed the package through device management.",
        ],
    },
    Problem {
        area: Area::Accounts,
        detail: "Certificate expiry",
        sort: Sort::Alert,
        urgency: 1,
        weight: 3,
        titles: &[
            "Certificate expires in 14 days on {host}",
            "[Monitor] TLS certificate of webmail at {company} expires soon",
        ],
        reports: &[
            "Check: TLS certificate\nHost: {host}\nExpires in 14 days\nIssuer: R11",
            "The certificate used by the remote desktop gateway expires in two weeks.",
        ],
        replies: &[
            "We will renew the certificate tonight between 20:00 and 21:00. Remote users may be disconnected for a minute.",
        ],
        answers: &["Fine with us."],
        asides: &["ACME renewal failed because port 80 is closed since the firewall swap."],
        fixes: &["Certificate renewed and automatic renewal repaired."],
    },
];
