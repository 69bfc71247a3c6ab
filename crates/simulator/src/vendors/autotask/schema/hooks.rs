//! Webhook registrations, their fields and error log: fields and routes.

use super::{Base, EntityText};

/// The entities.
pub const ENTITIES: [EntityText; 20] = [
    EntityText {
        route: "CompanyWebhooks",
        info: "CompanyWebhook",
        base: Base::Fixed,
        root: "CUD",
        child: None,
        changed: "",
        fields: "id:l~ deactivationUrl:s500! isActive:b! isReady:b~ isSubscribedToCreateEvents:b \
         isSubscribedToDeleteEvents:b isSubscribedToUpdateEvents:b name:s50! \
         notificationEmailAddress:s255 ownerResourceID:i~@Resources secretKey:s64! \
         sendThresholdExceededNotification:b! webhookGUID:s100~ webhookUrl:s500!",
    },
    EntityText {
        route: "CompanyWebhookFields",
        info: "CompanyWebhookField",
        base: Base::Fixed,
        root: "",
        child: Some(("CompanyWebhooks", "Fields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ fieldID:i!#Company.fields isDisplayAlwaysField:b! isSubscribedField:b! webhookID:i!",
    },
    EntityText {
        route: "CompanyWebhookUdfFields",
        info: "CompanyWebhookUdfField",
        base: Base::Fixed,
        root: "",
        child: Some(("CompanyWebhooks", "UdfFields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ isDisplayAlwaysField:b! isSubscribedField:b! udfFieldID:i!#Company.udfs webhookID:i!",
    },
    EntityText {
        route: "CompanyWebhookExcludedResources",
        info: "CompanyWebhookExcludedResource",
        base: Base::Fixed,
        root: "",
        child: Some(("CompanyWebhooks", "ExcludedResources", "webhookID", "CD")),
        changed: "",
        fields: "id:l~ resourceID:i!@Resources webhookID:i!",
    },
    EntityText {
        route: "ConfigurationItemWebhooks",
        info: "ConfigurationItemWebhook",
        base: Base::Fixed,
        root: "CUD",
        child: None,
        changed: "",
        fields: "id:l~ deactivationUrl:s500! isActive:b! isReady:b~ isSubscribedToCreateEvents:b \
         isSubscribedToDeleteEvents:b isSubscribedToUpdateEvents:b name:s50! \
         notificationEmailAddress:s255 ownerResourceID:i~@Resources secretKey:s64! \
         sendThresholdExceededNotification:b! webhookGUID:s100~ webhookUrl:s500!",
    },
    EntityText {
        route: "ConfigurationItemWebhookFields",
        info: "ConfigurationItemWebhookField",
        base: Base::Fixed,
        root: "",
        child: Some(("ConfigurationItemWebhooks", "Fields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ fieldID:i!#ConfigurationItem.fields isDisplayAlwaysField:b! isSubscribedField:b! webhookID:i!",
    },
    EntityText {
        route: "ConfigurationItemWebhookUdfFields",
        info: "ConfigurationItemWebhookUdfField",
        base: Base::Fixed,
        root: "",
        child: Some(("ConfigurationItemWebhooks", "UdfFields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ isDisplayAlwaysField:b! isSubscribedField:b! udfFieldID:i!#ConfigurationItem.udfs webhookID:i!",
    },
    EntityText {
        route: "ConfigurationItemWebhookExcludedResources",
        info: "ConfigurationItemWebhookExcludedResource",
        base: Base::Fixed,
        root: "",
        child: Some((
            "ConfigurationItemWebhooks",
            "ExcludedResources",
            "webhookID",
            "CD",
        )),
        changed: "",
        fields: "id:l~ resourceID:i!@Resources webhookID:i!",
    },
    EntityText {
        route: "ContactWebhooks",
        info: "ContactWebhook",
        base: Base::Fixed,
        root: "CUD",
        child: None,
        changed: "",
        fields: "id:l~ deactivationUrl:s500! isActive:b! isReady:b~ isSubscribedToCreateEvents:b \
         isSubscribedToDeleteEvents:b isSubscribedToUpdateEvents:b name:s50! \
         notificationEmailAddress:s255 ownerResourceID:i~@Resources secretKey:s64! \
         sendThresholdExceededNotification:b! webhookGUID:s100~ webhookUrl:s500!",
    },
    EntityText {
        route: "ContactWebhookFields",
        info: "ContactWebhookField",
        base: Base::Fixed,
        root: "",
        child: Some(("ContactWebhooks", "Fields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ fieldID:i!#Contact.fields isDisplayAlwaysField:b! isSubscribedField:b! webhookID:i!",
    },
    EntityText {
        route: "ContactWebhookUdfFields",
        info: "ContactWebhookUdfField",
        base: Base::Fixed,
        root: "",
        child: Some(("ContactWebhooks", "UdfFields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ isDisplayAlwaysField:b! isSubscribedField:b! udfFieldID:i!#Contact.udfs webhookID:i!",
    },
    EntityText {
        route: "ContactWebhookExcludedResources",
        info: "ContactWebhookExcludedResource",
        base: Base::Fixed,
        root: "",
        child: Some(("ContactWebhooks", "ExcludedResources", "webhookID", "CD")),
        changed: "",
        fields: "id:l~ resourceID:i!@Resources webhookID:i!",
    },
    EntityText {
        route: "TicketWebhooks",
        info: "TicketWebhook",
        base: Base::Fixed,
        root: "CUD",
        child: None,
        changed: "",
        fields: "id:l~ deactivationUrl:s500! isActive:b! isReady:b~ isSubscribedToCreateEvents:b \
         isSubscribedToDeleteEvents:b isSubscribedToUpdateEvents:b name:s50! \
         notificationEmailAddress:s255 ownerResourceID:i~@Resources secretKey:s64! \
         sendThresholdExceededNotification:b! webhookGUID:s100~ webhookUrl:s500!",
    },
    EntityText {
        route: "TicketWebhookFields",
        info: "TicketWebhookField",
        base: Base::Fixed,
        root: "",
        child: Some(("TicketWebhooks", "Fields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ fieldID:i!#Ticket.fields isDisplayAlwaysField:b! isSubscribedField:b! webhookID:i!",
    },
    EntityText {
        route: "TicketWebhookUdfFields",
        info: "TicketWebhookUdfField",
        base: Base::Fixed,
        root: "",
        child: Some(("TicketWebhooks", "UdfFields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ isDisplayAlwaysField:b! isSubscribedField:b! udfFieldID:i!#Ticket.udfs webhookID:i!",
    },
    EntityText {
        route: "TicketWebhookExcludedResources",
        info: "TicketWebhookExcludedResource",
        base: Base::Fixed,
        root: "",
        child: Some(("TicketWebhooks", "ExcludedResources", "webhookID", "CD")),
        changed: "",
        fields: "id:l~ resourceID:i!@Resources webhookID:i!",
    },
    EntityText {
        route: "TicketNoteWebhooks",
        info: "TicketNoteWebhook",
        base: Base::Fixed,
        root: "CUD",
        child: None,
        changed: "",
        fields: "id:l~ deactivationUrl:s500! isActive:b! isReady:b~ isSubscribedToCreateEvents:b \
         isSubscribedToDeleteEvents:b isSubscribedToUpdateEvents:b name:s50! \
         notificationEmailAddress:s255 ownerResourceID:i~@Resources secretKey:s64! \
         sendThresholdExceededNotification:b! webhookGUID:s100~ webhookUrl:s500!",
    },
    EntityText {
        route: "TicketNoteWebhookFields",
        info: "TicketNoteWebhookField",
        base: Base::Fixed,
        root: "",
        child: Some(("TicketNoteWebhooks", "Fields", "webhookID", "CUD")),
        changed: "",
        fields: "id:l~ fieldID:i!#TicketNote.fields isDisplayAlwaysField:b! isSubscribedField:b! webhookID:i!",
    },
    EntityText {
        route: "TicketNoteWebhookExcludedResources",
        info: "TicketNoteWebhookExcludedResource",
        base: Base::Fixed,
        root: "",
        child: Some(("TicketNoteWebhooks", "ExcludedResources", "webhookID", "CD")),
        changed: "",
        fields: "id:l~ resourceID:i!@Resources webhookID:i!",
    },
    EntityText {
        route: "WebhookEventErrorLogs",
        info: "WebhookEventErrorLog",
        base: Base::Fixed,
        root: "D",
        child: None,
        changed: "createDateTime",
        fields: "id:l~ accountWebhookID:i configurationItemWebhookID:i contactWebhookID:i createDateTime:t errorMessage:s8000 \
         payload:s8000 sequenceNumber:i ticketNoteWebhookID:i ticketWebhookID:i",
    },
];
