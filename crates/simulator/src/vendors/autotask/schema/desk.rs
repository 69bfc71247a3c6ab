//! Tickets and what hangs on them: their fields and routes.

use super::{Base, EntityText};

/// The entities.
pub const ENTITIES: [EntityText; 12] = [
    EntityText {
        route: "Tickets",
        info: "Ticket",
        base: Base::Tickets,
        root: "CU",
        child: None,
        changed: "lastActivityDate lastTrackedModificationDateTime",
        fields: "id:l~ apiVendorID:i assignedResourceID:i*@Resources assignedResourceRoleID:i*@Roles \
         billingCodeID:i@BillingCodes changeApprovalBoard:i changeApprovalStatus:i \
         changeApprovalType:i changeInfoField1:s8000 changeInfoField2:s8000 changeInfoField3:s8000 \
         changeInfoField4:s8000 changeInfoField5:s8000 companyID:i!*@Companies \
         companyLocationID:i@CompanyLocations completedByResourceID:i~@Resources completedDate:t~* \
         configurationItemID:i@ConfigurationItems contactID:i*@Contacts contractID:i@Contracts \
         contractServiceBundleID:l contractServiceID:l createDate:t~ createdByContactID:i@Contacts \
         creatorResourceID:i~@Resources creatorType:i~^#creatorType \
         currentServiceThermometerRating:i~ description:s8000* dueDateTime:t* estimatedHours:n \
         externalID:s50* firstResponseAssignedResourceID:i~@Resources firstResponseDateTime:t~ \
         firstResponseDueDateTime:t~ firstResponseInitiatingResourceID:i~@Resources \
         hoursToBeScheduled:n impersonatorCreatorResourceID:i~@Resources isAssignedToComanaged:b \
         issueType:i*#issueType isVisibleToComanaged:b lastActivityDate:t~* \
         lastActivityPersonType:i~^#lastActivityPersonType lastActivityResourceID:i~@Resources \
         lastCustomerNotificationDateTime:t~ lastCustomerVisibleActivityDateTime:t~ \
         lastTrackedModificationDateTime:t~ monitorID:l monitorTypeID:i opportunityID:i@Opportunities \
         organizationalLevelAssociationID:i previousServiceThermometerRating:i~ priority:i!*#priority \
         problemTicketId:i@Tickets projectID:i@Projects purchaseOrderNumber:s50 queueID:i*#queueID \
         resolution:s32000* resolutionPlanDateTime:t~ resolutionPlanDueDateTime:t~ \
         resolvedDateTime:t~ resolvedDueDateTime:t~ rmaStatus:i rmaType:i rmmAlertID:s50 \
         serviceLevelAgreementHasBeenMet:b~ serviceLevelAgreementID:i#serviceLevelAgreementID \
         serviceLevelAgreementPausedNextEventHours:n serviceThermometerTemperature:i~ \
         source:i*#source status:i!*#status subIssueType:i*#subIssueType \
         ticketCategory:i*#ticketCategory ticketNumber:s50~* ticketType:i*#ticketType title:s255!*",
    },
    EntityText {
        route: "TicketNotes",
        info: "TicketNote",
        base: Base::Notes,
        root: "",
        child: Some(("Tickets", "Notes", "ticketID", "CU")),
        changed: "lastActivityDate",
        fields: "id:l~ createDateTime:t~ createdByContactID:i@Contacts creatorResourceID:i~@Resources \
         description:s32000!* impersonatorCreatorResourceID:i~@Resources \
         impersonatorUpdaterResourceID:i~@Resources lastActivityDate:t~ noteType:i!*#noteType \
         publish:i!*#publish ticketID:i!*@Tickets title:s250*",
    },
    EntityText {
        route: "TimeEntries",
        info: "TimeEntry",
        base: Base::TimeEntries,
        root: "CUD",
        child: None,
        changed: "lastModifiedDateTime",
        fields: "id:l~ billingApprovalDateTime:t billingApprovalLevelMostRecent:i \
         billingApprovalResourceID:i@Resources billingCodeID:i@BillingCodes contractID:i@Contracts \
         contractServiceBundleID:l contractServiceID:l createDateTime:t~ creatorUserID:i~@Resources \
         dateWorked:d endDateTime:t hoursToBill:n hoursWorked:n \
         impersonatorCreatorResourceID:i~@Resources impersonatorUpdaterResourceID:i~@Resources \
         internalBillingCodeID:i internalNotes:s32000 isInternalNotesVisibleToComanaged:b \
         isNonBillable:b lastModifiedDateTime:t~ lastModifiedUserID:i~ offsetHours:n \
         resourceID:i!@Resources roleID:i@Roles showOnInvoice:b startDateTime:t summaryNotes:s32000 \
         taskID:i@Tasks ticketID:i@Tickets timeEntryType:i#timeEntryType",
    },
    EntityText {
        route: "TicketAttachments",
        info: "TicketAttachment",
        base: Base::Fixed,
        root: "",
        child: Some(("Tickets", "Attachments", "ticketID", "CD")),
        changed: "",
        fields: "id:l~ attachDate:t~ attachedByContactID:l@Contacts attachedByResourceID:l~@Resources \
         attachmentType:s100!#attachmentType contentType:s100~ creatorType:i~ data:y^ fileSize:l~ \
         fullPath:s255! impersonatorCreatorResourceID:i~@Resources opportunityID:l@Opportunities \
         parentAttachmentID:i parentID:l publish:i!#publish ticketID:i@Tickets \
         ticketNoteID:i@TicketNotes timeEntryID:i@TimeEntries title:s255!",
    },
    EntityText {
        route: "TicketNoteAttachments",
        info: "TicketNoteAttachment",
        base: Base::Fixed,
        root: "",
        child: Some(("TicketNotes", "Attachments", "ticketNoteID", "CD")),
        changed: "",
        fields: "id:l~ attachDate:t~ attachedByContactID:l@Contacts attachedByResourceID:l~@Resources \
         attachmentType:s100!#attachmentType contentType:s100~ creatorType:i~ data:y^ fileSize:l~ \
         fullPath:s100! impersonatorCreatorResourceID:i~@Resources opportunityID:l@Opportunities \
         parentID:l publish:i!#publish ticketID:i@Tickets ticketNoteID:i@TicketNotes title:s100!",
    },
    EntityText {
        route: "TicketAdditionalContacts",
        info: "TicketAdditionalContact",
        base: Base::Fixed,
        root: "",
        child: Some(("Tickets", "AdditionalContacts", "ticketID", "CD")),
        changed: "",
        fields: "id:l~ contactID:i!@Contacts ticketID:i!@Tickets",
    },
    EntityText {
        route: "TicketSecondaryResources",
        info: "TicketSecondaryResource",
        base: Base::Fixed,
        root: "",
        child: Some(("Tickets", "SecondaryResources", "ticketID", "CD")),
        changed: "",
        fields: "id:l~ resourceID:l@Resources roleID:l@Roles ticketID:l@Tickets",
    },
    EntityText {
        route: "TicketCategories",
        info: "TicketCategory",
        base: Base::Fixed,
        root: "U",
        child: None,
        changed: "",
        fields: "id:l~ displayColorRGB:i! isActive:b! isApiOnly:b isGlobalDefault:b name:s100! nickname:s100",
    },
    EntityText {
        route: "TicketCategoryFieldDefaults",
        info: "TicketCategoryFieldDefault",
        base: Base::Fixed,
        root: "",
        child: None,
        changed: "",
        fields: "id:l~ description:s8000 estimatedHours:n issueTypeID:i#issueType \
         organizationalLevelAssociationID:i priority:i#priority purchaseOrderNumber:s100 \
         queueID:i#queueID resolution:s100 serviceLevelAgreementID:i sourceID:i#source \
         status:i#status subIssueTypeID:i#subIssueType ticketCategoryID:i!@TicketCategories \
         ticketTypeID:i#ticketType title:s100 workTypeID:i",
    },
    EntityText {
        route: "TicketHistory",
        info: "TicketHistory",
        base: Base::Fixed,
        root: "",
        child: None,
        changed: "date",
        fields: "id:l~ action:s100! date:t! detail:s8000! resourceID:i!@Resources ticketID:i!@Tickets",
    },
    EntityText {
        route: "DeletedTicketLogs",
        info: "DeletedTicketLog",
        base: Base::Fixed,
        root: "",
        child: None,
        changed: "deletedDateTime",
        fields: "id:l~ deletedByResourceID:i!@Resources deletedDateTime:t! ticketID:i!@Tickets \
         ticketNumber:s100! ticketTitle:s100!",
    },
    EntityText {
        route: "DeletedTicketActivityLogs",
        info: "DeletedTicketActivityLog",
        base: Base::Fixed,
        root: "",
        child: None,
        changed: "deletedDateTime",
        fields: "id:l~ activityDateTime:t! createdByResourceID:i!@Resources deletedByResourceID:i!@Resources \
         deletedDateTime:t! endDateTime:t! hoursWorked:n! noteOrAttachmentTitle:s100! \
         startDateTime:t! ticketID:i!@Tickets ticketNumber:s100! typeID:i!#activityType",
    },
];
