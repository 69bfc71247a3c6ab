//! The service desk: boards and what belongs to them, tickets, notes, time.

use super::kind;
use crate::records::schema::About;
use crate::vendors::connectwise_psa::made::numbers as n;
use crate::world::listing::Listing;

/// Fields of service and project tickets, and those that only one of the two has.
macro_rules! ticket {
    ($own:literal) => {
        concat!(
            "id:i* summary:s100! recordType:e(ProjectIssue|ProjectTicket|ServiceTicket)* \
    board:@service/boards status:@service/boards/statuses workRole:@time/workRoles \
    workType:@time/workTypes company:@company/companies! site:@company/companies/sites siteName:s50 \
    addressLine1:s50 addressLine2:s50 city:s50 stateIdentifier:s50 zip:s12 \
    country:@company/countries contact:@company/contacts contactName:s62 contactPhoneNumber:s20 \
    contactPhoneExtension:s15 contactEmailAddress:s250 type:@service/boards/types \
    subType:@service/boards/subtypes item:@service/boards/items team:@service/boards/teams \
    owner:@system/members priority:@service/priorities serviceLocation:@service/locations \
    source:@service/sources requiredDate:d budgetHours:n opportunity:@sales/opportunities \
    agreement:@finance/agreements agreementType:s severity:e(Low|Medium|High) \
    impact:e(Low|Medium|High) externalXRef:s100 poNumber:s50 knowledgeBaseCategoryId:i \
    knowledgeBaseSubCategoryId:i allowAllClientsPortalView:b customerUpdatedFlag:b \
    automaticEmailContactFlag:b automaticEmailResourceFlag:b automaticEmailCcFlag:b \
    automaticEmailCc:s1000 initialDescription:s- initialInternalAnalysis:s- initialResolution:s- \
    initialDescriptionFrom:s- contactEmailLookup:s- processNotifications:b- skipCallback:b- \
    closedDate:d* closedBy:s* closedFlag:b* actualHours:n* approved:b estimatedExpenseCost:n \
    estimatedExpenseRevenue:n estimatedProductCost:n estimatedProductRevenue:n estimatedTimeCost:n \
    estimatedTimeRevenue:n billingMethod:e(ActualRates|FixedFee|NotToExceed|OverrideRate) \
    billingAmount:n hourlyRate:n subBillingMethod:e(ActualRates|FixedFee|NotToExceed|OverrideRate) \
    subBillingAmount:n subDateAccepted:d dateResolved:d* dateResplan:d* dateResponded:d* \
    resolveMinutes:i* resPlanMinutes:i* respondMinutes:i* isInSla:b* knowledgeBaseLinkId:i \
    resources:s* parentTicketId:i hasChildTicket:b* hasMergedChildTicketFlag:b* \
    knowledgeBaseLinkType:e(Activity|ProjectIssue|KnowledgeBaseArticle|ProjectTicket|ServiceTicket|Time) \
    billTime:e(Billable|DoNotBill|NoCharge|NoDefault) \
    billExpenses:e(Billable|DoNotBill|NoCharge|NoDefault) \
    billProducts:e(Billable|DoNotBill|NoCharge|NoDefault) predecessorType:e(Ticket|Phase) \
    predecessorId:i predecessorClosedFlag:b lagDays:i lagNonworkingDaysFlag:b estimatedStartDate:d \
    duration:i location:@system/locations department:@system/departments mobileGuid:s* sla:m \
    slaStatus:s* requestForChangeFlag:b currency:m mergedParentTicket:@service/tickets* \
    integratorTags:m escalationStartDateUTC:d escalationLevel:i minutesBeforeWaiting:i \
    respondedSkippedMinutes:i resplanSkippedMinutes:i respondedHours:n respondedBy:s resplanHours:n \
    resplanBy:s resolutionHours:n resolvedBy:s minutesWaiting:i customFields:m",
            $own
        )
    };
}

/// The kinds.
pub const KINDS: [About; 21] = [
    kind(
        "service/boards",
        "board",
        "CUD",
        &["name"],
        "id:i* name:s50! location:@system/locations! department:@system/departments! inactiveFlag:b \
    signOffTemplate:m sendToContactFlag:b contactTemplate:m sendToResourceFlag:b resourceTemplate:m \
    projectFlag:b showDependenciesFlag:b showEstimatesFlag:b boardIcon:m \
    billTicketsAfterClosedFlag:b billTicketSeparatelyFlag:b billUnapprovedTimeExpenseFlag:b \
    overrideBillingSetupFlag:b dispatchMember:@system/members serviceManagerMember:@system/members \
    dutyManagerMember:@system/members oncallMember:@system/members workRole:@time/workRoles \
    workType:@time/workTypes billTime:e(Billable|DoNotBill|NoCharge|NoDefault) \
    billExpense:e(Billable|DoNotBill|NoCharge|NoDefault) \
    billProduct:e(Billable|DoNotBill|NoCharge|NoDefault) autoCloseStatus:@service/boards/statuses \
    autoAssignNewTicketsFlag:b autoAssignNewECTicketsFlag:b autoAssignNewPortalTicketsFlag:b \
    discussionsLockedFlag:b timeEntryLockedFlag:b notifyEmailFrom:s50 notifyEmailFromName:s60 \
    closedLoopDiscussionsFlag:b closedLoopResolutionFlag:b closedLoopInternalAnalysisFlag:b \
    timeEntryDiscussionFlag:b timeEntryResolutionFlag:b timeEntryInternalAnalysisFlag:b \
    problemSort:e(Ascending|Descending) resolutionSort:e(Ascending|Descending) \
    internalAnalysisSort:e(Ascending|Descending) emailConnectorAllowReopenClosedFlag:b \
    emailConnectorReopenStatus:@service/boards/statuses emailConnectorReopenResourcesFlag:b \
    emailConnectorNewTicketNoMatchFlag:b emailConnectorNeverReopenByDaysFlag:b \
    emailConnectorReopenDaysLimit:i emailConnectorNeverReopenByDaysClosedFlag:b \
    emailConnectorReopenDaysClosedLimit:i useMemberDisplayNameFlag:b sendToCCFlag:b \
    autoAssignTicketOwnerFlag:b autoAssignLimitFlag:b autoAssignLimitAmount:i closedLoopAllFlag:b \
    percentageCalculation:e(ActualHours|Manual|ClosedPhases|ClosedTickets) \
    allSort:e(Ascending|Descending) markFirstNoteIssueFlag:b restrictBoardByDefaultFlag:b \
    sendToBundledFlag:b",
    ),
    kind(
        "service/boards/statuses",
        "boardStatus",
        "CUD",
        &["name"],
        "id:i* name:s50! board:@service/boards sortOrder:i displayOnBoard:b inactive:b closedStatus:b \
    timeEntryNotAllowed:b roundRobinCatchall:b defaultFlag:b \
    escalationStatus:e(NotResponded|Responded|ResolutionPlan|Resolved|NoEscalation) \
    customerPortalDescription:s500 customerPortalFlag:b emailTemplate:m statusIndicator:m \
    customStatusIndicatorName:s30 saveTimeAsNote:b",
    )
    .under("service/boards", "board"),
    kind(
        "service/boards/types",
        "boardType",
        "CUD",
        &["name"],
        "id:i* name:s50! category:e(Reactive|Proactive) defaultFlag:b inactiveFlag:b \
    requestForChangeFlag:b integrationXref:s50 skillCategory:m skill:m board:@service/boards \
    location:@system/locations department:@system/departments",
    )
    .under("service/boards", "board"),
    kind(
        "service/boards/subtypes",
        "boardSubType",
        "CUD",
        &["name"],
        "id:i* name:s50! inactiveFlag:b typeAssociationIds:m addAllTypesFlag:b removeAllTypesFlag:b \
    board:@service/boards",
    )
    .under("service/boards", "board"),
    kind(
        "service/boards/items",
        "boardItem",
        "CUD",
        &["name"],
        "id:i* name:s50! inactiveFlag:b board:@service/boards",
    )
    .under("service/boards", "board"),
    kind(
        "service/boards/typeSubTypeItemAssociations",
        "boardTypeSubTypeItemAssociation",
        "",
        &["id"],
        "id:i* type:@service/boards/types subType:@service/boards/subtypes item:@service/boards/items \
    board:@service/boards",
    )
    .under("service/boards", "board"),
    kind(
        "service/boards/teams",
        "boardTeam",
        "CUD",
        &["name"],
        "id:i* name:s30! teamLeader:@system/members! members:m defaultFlag:b notifyOnTicketDelete:b \
    defaultRoundRobinFlag:b roundRobinFlag:b boardId:i locationId:i businessUnitId:i",
    )
    .under("service/boards", "boardId"),
    kind(
        "service/priorities",
        "priority",
        "CUD",
        &["name"],
        "id:i* name:s50! \
    color:e(Black|Blue|Cyan|Gray|Green|Lime|Orange|Pink|Purple|Red|White|Yellow|Custom)! sortOrder:i \
    defaultFlag:b imageLink:s urgencySortOrder:s level:e(Critical|High|Medium|Low)",
    ),
    kind(
        "service/sources",
        "source",
        "CUD",
        &["name"],
        "id:i* name:s50! defaultFlag:b",
    ),
    kind(
        "service/severities",
        "severity",
        "U",
        &["name"],
        "id:i* name:s description:s200! defaultFlag:b",
    ),
    kind(
        "service/impacts",
        "impact",
        "U",
        &["name"],
        "id:i* name:s description:s200! defaultFlag:b",
    ),
    kind(
        "service/locations",
        "serviceLocation",
        "CUD",
        &["name"],
        "id:i* name:s30! where:e(OnSite|Remote|InHouse)! defaultFlag:b",
    ),
    kind(
        "service/tickets",
        "ticket",
        "CUD",
        &["summary"],
        ticket!(""),
    )
    .made(Listing::Tickets, n::TICKETS),
    kind(
        "project/tickets",
        "projectTicket",
        "CUD",
        &["summary"],
        ticket!(" project:@project/projects phase:m wbsCode:s50"),
    ),
    kind(
        "project/projectTypes",
        "projectType",
        "CUD",
        &["name"],
        "id:i* name:s30! defaultFlag:b inactiveFlag:b integrationXref:s50",
    ),
    kind(
        "project/projects",
        "project",
        "CUD",
        &["name"],
        "id:i* name:s100! type:@project/projectTypes board:@service/boards \
    company:@company/companies! billingMethod:e(ActualRates|FixedFee|NotToExceed|OverrideRate) \
    estimatedStart:d estimatedEnd:d description:s closedFlag:b* customFields:m",
    ),
    kind(
        "service/tickets/notes",
        "serviceNote",
        "CUD",
        &["text"],
        "id:i* ticketId:i text:s detailDescriptionFlag:b internalAnalysisFlag:b resolutionFlag:b \
    issueFlag:b member:@system/members contact:@company/contacts customerUpdatedFlag:b \
    processNotifications:b- dateCreated:d* createdBy:s* internalFlag:b externalFlag:b \
    sentimentScore:n",
    )
    .under("service/tickets", "ticketId")
    .made(Listing::Notes, n::NOTES)
    .within("ticketId", "service/tickets"),
    kind(
        "project/tickets/notes",
        "projectTicketNote",
        "CUD",
        &["text"],
        "id:i* ticketId:i text:s detailDescriptionFlag:b internalAnalysisFlag:b resolutionFlag:b \
    issueFlag:b member:@system/members contact:@company/contacts customerUpdatedFlag:b \
    processNotifications:b- dateCreated:d* createdBy:s* internalFlag:b externalFlag:b \
    sentimentScore:n",
    )
    .under("project/tickets", "ticketId"),
    kind(
        "time/entries",
        "timeEntry",
        "CUD",
        &["notes"],
        "id:i* company:@company/companies companyType:s chargeToId:i \
    chargeToType:e(Company|ServiceTicket|ProjectTicket|ChargeCode|Activity) member:@system/members \
    locationId:i businessUnitId:i businessGroupDesc:s location:@system/locations \
    department:@system/departments workType:@time/workTypes workRole:@time/workRoles \
    agreement:@finance/agreements agreementType:s activity:m opportunityRecid:i projectActivity:s \
    territory:s timeStart:d! timeEnd:d hoursDeduct:n actualHours:n* \
    billableOption:e(Billable|DoNotBill|NoCharge|NoDefault) notes:s internalNotes:s \
    addToDetailDescriptionFlag:b addToInternalAnalysisFlag:b addToResolutionFlag:b \
    emailResourceFlag:b emailContactFlag:b emailCcFlag:b emailCc:s hoursBilled:n invoiceHours:n \
    hourlyCost:s enteredBy:s* dateEntered:d* invoice:m mobileGuid:s* hourlyRate:n overageRate:n \
    agreementHours:n agreementAmount:n agreementAdjustment:n adjustment:n invoiceReady:i timeSheet:m \
    status:e(Open|Rejected|PendingApproval|ErrorsCorrected|PendingProjectApproval|ApprovedByTierOne|RejectBySecondTier|ApprovedByTierTwo|ReadyToBill|Billed|WrittenOff|BilledAgreement) \
    ticket:@service/tickets* project:m phase:m ticketBoard:s ticketStatus:s ticketType:s \
    ticketSubType:s invoiceFlag:b extendedInvoiceAmount:n locationName:s taxCode:m customFields:m",
    )
    .made(Listing::Work, n::TIME_ENTRIES)
    .within("chargeToId", "service/tickets"),
    kind(
        "time/workTypes",
        "workType",
        "CUD",
        &["name"],
        "id:i* name:s50! billTime:e(Billable|DoNotBill|NoCharge)! \
    rateType:e(AdjAmount|Custom|Multiplier)! rate:n! hoursMin:n hoursMax:n roundBillHoursTo:n \
    accrualType:e(Holiday|PTO|Sick|Vacation) inactiveFlag:b overallDefaultFlag:b \
    activityDefaultFlag:b utilizationFlag:b costMultiplier:n integrationXRef:s50 \
    addAllAgreementExclusions:b",
    ),
    kind(
        "time/workRoles",
        "workRole",
        "CUD",
        &["name"],
        "id:i* name:s50! hourlyRate:n integrationXref:s50 inactiveFlag:b addAllLocations:b \
    removeAllLocations:b addAllAgreementExclusions:b locationIds:m",
    ),
];
