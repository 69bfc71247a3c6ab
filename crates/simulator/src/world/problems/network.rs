//! Lines, telephones and servers.

use crate::world::problem::{Area, Problem, Sort};

/// The kinds.
pub static PROBLEMS: [Problem; 9] = [
    Problem {
        area: Area::Network,
        detail: "Internet down",
        sort: Sort::Incident,
        urgency: 3,
        weight: 5,
        titles: &[
            "No internet at {company}",
            "Whole office offline",
            "Internet drops every few minutes",
        ],
        reports: &[
            "Nobody in the office has internet. The telephones are down as well. The router has a red light.",
            "We lost the connection at 9:40 and it comes and goes every few minutes.",
        ],
        replies: &[
            "The line is down at the carrier, fault reference {n}7731. I have switched you to the 4G backup.",
            "Please switch the router off for 30 seconds and on again, then call me.",
        ],
        answers: &[
            "We are back, slow but working.",
            "Red light is off now!",
            "Still nothing.",
        ],
        asides: &[
            "Carrier ETA 15:00. Failover active, VPN re-established.",
            "Power outage in the street confirmed.",
        ],
        fixes: &[
            "Carrier repaired the line at 14:20; moved back from the backup.",
            "Router replaced under warranty.",
        ],
    },
    Problem {
        area: Area::Network,
        detail: "Wi-Fi problems",
        sort: Sort::Incident,
        urgency: 1,
        weight: 8,
        titles: &[
            "Wi-Fi drops in {room}",
            "Unstable wireless in {room}",
            "Guest Wi-Fi does not work",
        ],
        reports: &[
            "The Wi-Fi in {room} disconnects every hour. With a cable everything is fine.",
            "Visitors cannot connect to the guest network, the welcome page does not open.",
        ],
        replies: &[
            "I see interference from a neighbour on your channel and have moved the access point. Please watch it for a day.",
            "The captive portal's certificate had expired, it works again.",
        ],
        answers: &[
            "Much better today.",
            "Still drops, mostly in the afternoon.",
            "Guests are online, thanks.",
        ],
        asides: &[
            "AP {asset} uptime 2 h, reboots – PoE budget of the switch exceeded.",
            "Channel plan updated, min RSSI -75.",
        ],
        fixes: &[
            "Replaced the PoE injector; stable for three days.",
            "Channel and power adjusted.",
        ],
    },
    Problem {
        area: Area::Network,
        detail: "VPN connection",
        sort: Sort::Incident,
        urgency: 1,
        weight: 9,
        titles: &[
            "VPN won't connect from home",
            "VPN connects but no network drives",
            "Remote desktop very slow",
        ],
        reports: &[
            "I work from home today and the VPN stops at 'Connecting…'. My internet is fine.",
            "VPN is connected but I cannot open the S: drive or {app}.",
            "Remote desktop freezes every few seconds since yesterday.",
        ],
        replies: &[
            "The new client version did not get your profile. I pushed it again, please restart the {device}.",
            "Which provider do you have at home? Some block the protocol we used; I switched you to the TLS mode.",
        ],
        answers: &[
            "Connected! Thank you.",
            "It asks for a certificate now.",
            "Works after the restart.",
        ],
        asides: &[
            "Profile missing after client 5.1 upgrade, script fixed for all.",
            "Home router in the same subnet as the office (192.168.1.0/24).",
        ],
        fixes: &[
            "VPN profile deployed again.",
            "Switched to TLS tunnel and raised the MTU issue with the vendor.",
        ],
    },
    Problem {
        area: Area::Network,
        detail: "Switch or firewall alert",
        sort: Sort::Alert,
        urgency: 2,
        weight: 6,
        titles: &[
            "[Monitor] Port flapping on switch at {company}",
            "Firewall CPU above {percent} % at {company}",
            "Device offline: access point {asset}",
        ],
        reports: &[
            "Interface Gi1/0/{n} changed state 37 times in 10 minutes.",
            "CPU usage {percent} % for 15 minutes on the firewall.",
            "Probe: ping\nDevice: {asset}\nState: DOWN\nLast seen 4 minutes ago",
        ],
        replies: &[
            "Our monitoring sees a faulty connection in {room}. Is a cable loose there by any chance?",
        ],
        answers: &[
            "The cleaners had pulled a plug, it is back in.",
            "Nobody touched anything here.",
        ],
        asides: &[
            "Loop caused by a desk switch, port shut.",
            "Firmware bug, fixed in next release; scheduled.",
        ],
        fixes: &[
            "Cable replaced, port stable.",
            "Firmware updated in the maintenance window.",
            "Device answered again after power was restored.",
        ],
    },
    Problem {
        area: Area::Telephony,
        detail: "Phone not ringing",
        sort: Sort::Incident,
        urgency: 2,
        weight: 7,
        titles: &[
            "Phones go straight to voicemail",
            "Main number does not ring",
            "Desk phone says 'registering'",
            "No sound after transferring a call",
        ],
        reports: &[
            "All calls to our main number go to voicemail since lunch, nobody hears a ring.",
            "My desk phone shows 'registering…'. I plugged it out and in.",
            "When I transfer a call to {colleague} the caller hears nothing.",
        ],
        replies: &[
            "The holiday schedule was still active; I switched it off.",
            "I see the phone without power from the switch. Which socket is it plugged into?",
        ],
        answers: &["Ringing again, thanks.", "Socket {n} under the window."],
        asides: &[
            "SIP ALG back on after firmware update of the router.",
            "Hunt group had an empty member list.",
        ],
        fixes: &[
            "Schedule corrected and call tested.",
            "Moved the phone to a powered port.",
            "SIP ALG switched off; audio fine both ways.",
        ],
    },
    Problem {
        area: Area::Telephony,
        detail: "Voicemail / greeting",
        sort: Sort::Request,
        urgency: 0,
        weight: 4,
        titles: &[
            "New greeting for Christmas",
            "Voicemail PIN forgotten",
            "Change opening hours on the phone system",
        ],
        reports: &[
            "Please play the attached greeting from 24 December to 2 January.",
            "I have forgotten the PIN of my voicemail.",
            "We open at 8:00 instead of 9:00 from Monday, please change the phones.",
        ],
        replies: &[
            "It is scheduled; I will call your number on the first day to check.",
            "Your PIN is reset, the new one went to your mobile.",
        ],
        answers: &["Super, danke!", "Thank you, that was fast."],
        asides: &["Prompt converted to 8 kHz mono."],
        fixes: &[
            "Greeting uploaded and scheduled.",
            "PIN reset.",
            "Opening hours changed.",
        ],
    },
    Problem {
        area: Area::Servers,
        detail: "Disk space low",
        sort: Sort::Alert,
        urgency: 2,
        weight: 8,
        titles: &[
            "[Monitor] Disk {percent} % full on {host}",
            "Low disk space on {host} – {company}",
            "Warning: {host} C: {percent} % used",
        ],
        reports: &[
            "Host: {host}\nVolume: C:\nUsed: {percent} %\nThreshold: 80 %",
            "Free space on D: of {host} is below 10 GB and has shrunk by 4 GB since yesterday.",
        ],
        replies: &[
            "We are cleaning up the server {host}. You may notice that it is slower for a few minutes.",
        ],
        answers: &["Okay, no problem."],
        asides: &[
            "WinSxS 14 GB, IIS logs 22 GB. Script for log rotation added.",
            "VM disk extended by 50 GB, datastore at 71 %.",
        ],
        fixes: &[
            "Old logs removed and rotation set; 38 % free.",
            "Volume extended by 50 GB.",
        ],
    },
    Problem {
        area: Area::Servers,
        detail: "Server not responding",
        sort: Sort::Alert,
        urgency: 3,
        weight: 4,
        titles: &[
            "CRITICAL: {host} not responding",
            "[Monitor] Host down: {host}",
            "[Monitor] Service stopped on {host}: MSSQLSERVER",
        ],
        reports: &[
            "Host {host} does not answer to ping, RDP and agent check since 3 minutes.",
            "The service MSSQLSERVER on {host} stopped and could not be restarted automatically.",
        ],
        replies: &[
            "Your server has a problem, we are on it. {app} will not be available until about 10:30.",
            "The server is back. Please restart {app} on all PCs.",
        ],
        answers: &[
            "All staff informed. Please hurry, we have clients here.",
            "{app} is back, thanks for the quick reaction!",
        ],
        asides: &[
            "Bluescreen 0x9F, storage driver. Dump saved.",
            "Host had a failed PSU, VM restarted on the second node.",
        ],
        fixes: &[
            "Driver updated, server stable.",
            "Service restarted, memory limit set.",
            "Power supply replaced by the manufacturer.",
        ],
    },
    Problem {
        area: Area::Servers,
        detail: "Slow server",
        sort: Sort::Cause,
        urgency: 1,
        weight: 3,
        titles: &[
            "Recurring slowness on {host} (problem record)",
            "Root cause: {app} slow every Monday",
        ],
        reports: &[
            "Several tickets report that {app} is slow on Monday mornings. This record collects findings.",
            "Terminal server {host} reaches 100 % memory around 10:00 each day.",
        ],
        replies: &["We are measuring for a week and will propose a solution on Friday."],
        answers: &["Thanks for looking into this properly."],
        asides: &[
            "Antivirus full scan starts Monday 08:30. Move to Sunday.",
            "17 users on 32 GB. Recommend second host.",
        ],
        fixes: &[
            "Scan moved to Sunday night; no complaints for two weeks.",
            "Memory raised to 64 GB.",
        ],
    },
];
