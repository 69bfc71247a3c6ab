//! Staff, set-up, documents and callbacks.

use super::kind;
use crate::records::schema::About;
use crate::vendors::connectwise_psa::made::numbers as n;
use crate::world::listing::Listing;

/// The kinds.
pub const KINDS: [About; 14] = [
    kind(
        "system/members",
        "member",
        "CU",
        &["firstName", "lastName"],
        "id:i* identifier:s15! password:s60- disableOnlineFlag:b licenseClass:e(A|C|F|X)! notes:s \
    employeeIdentifer:s10 vendorNumber:s enableMobileGpsFlag:b inactiveDate:d* inactiveFlag:b \
    lastLogin:s* clientId:s- token:s- firstName:s30! middleInitial:s1 lastName:s30! hireDate:d! \
    country:@company/countries photo:m officeEmail:s250 mobileEmail:s250 homeEmail:s250 \
    defaultEmail:e(Office|Mobile|Home)! primaryEmail:s250 officePhone:s15 officeExtension:s10 \
    mobilePhone:s15 mobileExtension:s10 homePhone:s15 homeExtension:s10 \
    defaultPhone:e(Office|Mobile|Home)! securityRole:@system/securityroles! office365:m mapiName:s \
    calendarSyncIntegrationFlag:b authenticationServiceType:e(AuthAnvil|GoogleAuthenticator|Email) \
    timebasedOneTimePasswordActivated:b enableLdapAuthenticationFlag:b ldapConfiguration:m \
    ldapUserName:s50 directionalSync:m ssoSettings:m signature:s \
    phoneIntegrationType:e(TAPI|SKYPE|TEL|CALLTO|NONE) useBrowserLanguageFlag:b title:s reportCard:m \
    enableMobileFlag:b type:@system/members/types timeZone:@system/timeZoneSetups \
    partnerPortalFlag:b stsUserAdminUrl:s toastNotificationFlag:b memberPersonas:m adminFlag:b \
    structureLevel:m securityLocation:@system/locations defaultLocation:@system/locations \
    defaultDepartment:@system/departments reportsTo:@system/members restrictLocationFlag:b \
    restrictDepartmentFlag:b workRole:@time/workRoles workType:@time/workTypes \
    timeApprover:@system/members expenseApprover:@system/members billableForecast:n dailyCapacity:n \
    hourlyCost:n hourlyRate:n includeInUtilizationReportingFlag:b requireExpenseEntryFlag:b \
    requireTimeSheetEntryFlag:b requireStartAndEndTimeOnTimeEntryFlag:b \
    allowInCellEntryOnTimeSheet:b enterTimeAgainstCompanyFlag:b \
    allowExpensesEnteredAgainstCompaniesFlag:b timeReminderEmailFlag:b daysTolerance:i \
    minimumHours:n timeSheetStartDate:s serviceDefaultLocation:@system/locations \
    serviceDefaultDepartment:@system/departments serviceDefaultBoard:@service/boards \
    restrictServiceDefaultLocationFlag:b restrictServiceDefaultDepartmentFlag:b \
    excludedServiceBoardIds:m teams:m serviceBoardTeamIds:m projectDefaultLocation:@system/locations \
    projectDefaultDepartment:@system/departments projectDefaultBoard:m \
    restrictProjectDefaultLocationFlag:b restrictProjectDefaultDepartmentFlag:b \
    excludedProjectBoardIds:m scheduleDefaultLocation:@system/locations \
    scheduleDefaultDepartment:@system/departments scheduleCapacity:n \
    serviceLocation:@service/locations restrictScheduleFlag:b hideMemberInDispatchPortalFlag:b \
    calendar:m salesDefaultLocation:@system/locations restrictDefaultSalesTerritoryFlag:b \
    warehouse:m warehouseBin:m restrictDefaultWarehouseFlag:b restrictDefaultWarehouseBinFlag:b \
    companyActivityTabFormat:e(SummaryList|DetailList) \
    invoiceTimeTabFormat:e(SummaryList|DetailList) \
    invoiceScreenDefaultTabFormat:e(ShowInvoicingTab|ShowAgreementInvoicingTab) \
    invoicingDisplayOptions:e(RemainOnInvoicingScreen|ShowRecentInvoices) \
    agreementInvoicingDisplayOptions:e(RemainOnInvoicingScreen|ShowRecentInvoices) \
    autoStartStopwatch:b autoPopupQuickNotesWithStopwatch:b \
    globalSearchDefaultTicketFilter:e(OpenRecords|ClosedRecords|AllRecords) \
    globalSearchDefaultSort:e(None|LastUpdatedDesc|LastUpdatedAsc|CreatedDesc|CreatedAsc) \
    phoneSource:s copyPodLayouts:b copySharedDefaultViews:b copyColumnLayoutsAndFilters:b \
    fromMemberRecId:i fromMemberTemplateRecId:i customFields:m",
    )
    .made(Listing::Technicians, n::MEMBERS),
    kind(
        "system/members/types",
        "memberType",
        "CUD",
        &["name"],
        "id:i* name:s30! inactiveFlag:b",
    ),
    kind(
        "system/apiMembers",
        "apiMember",
        "CU",
        &["name"],
        "id:i* identifier:s15! name:s30 emailAddress:s250 inactiveFlag:b inactiveDate:d* \
    timeZone:@system/timeZoneSetups securityRole:@system/securityroles structureLevel:m \
    securityLocation:@system/locations defaultLocation:@system/locations \
    defaultDepartment:@system/departments salesDefaultLocation:@system/locations \
    serviceDefaultBoard:@service/boards notes:s excludedServiceBoardIds:m blockPriceFlag:b \
    blockCostFlag:b",
    ),
    kind(
        "system/securityroles",
        "securityRole",
        "CUD",
        &["name"],
        "id:i* name:s30! roleType:s30 adminFlag:b inactiveFlag:b",
    ),
    kind(
        "system/locations",
        "location",
        "CUD",
        &["name"],
        "id:i* ownerLevelId:i structureLevel:m! name:s50! manager:@system/members \
    reportsTo:@system/locations salesRep:s50 timeZoneSetup:@system/timeZoneSetups calendar:m \
    overrideAddressLine1:s50 overrideAddressLine2:s50 overrideCity:s50 overrideState:s50 \
    overrideZip:s12 overrideCountry:@company/countries overridePhoneNumber:s15 overrideFaxNumber:s15 \
    owaUrl:s100 payrollXref:s10 locationFlag:b clientFlag:b workRoleIds:m departmentIds:m",
    ),
    kind(
        "system/departments",
        "department",
        "CUD",
        &["name"],
        "id:i* identifier:s15! name:s50!",
    ),
    kind(
        "system/timeZoneSetups",
        "timeZoneSetup",
        "CUD",
        &["name"],
        "id:i* name:s50! offset:n defaultFlag:b daylightSavingsFlag:b",
    ),
    kind(
        "system/userDefinedFields",
        "userDefinedField",
        "CUD",
        &["caption"],
        "id:i* podId:i! caption:s25! sequenceNumber:i! screenId:s25 helpText:s1000 \
    fieldTypeIdentifier:e(TextArea|Button|Currency|Date|Hyperlink|IPAddress|Checkbox|Number|Percent|PhoneNumber|Text|Password)! \
    numberDecimals:i entryTypeIdentifier:e(Date|EntryField|List|Option) requiredFlag:b \
    displayOnScreenFlag:b readOnlyFlag:b listViewFlag:b buttonUrl:s1000 options:m businessUnitIds:m \
    locationIds:m addAllBusinessUnits:b removeAllBusinessUnits:b addAllLocations:b \
    removeAllLocations:b connectWiseID:s* dateCreated:d*",
    ),
    kind(
        "system/integratorTags",
        "integratorTag",
        "CUD",
        &["text"],
        "id:i* text:s50!",
    ),
    kind(
        "system/documents",
        "document",
        "D",
        &["title"],
        "id:i* title:s fileName:s serverFileName:s* owner:s linkFlag:b imageFlag:b publicFlag:b \
    htmlTemplateFlag:b readOnlyFlag:b size:i* urlFlag:b createdOnDate:d* documentType:m guid:s* \
    recordType:s- recordId:i- privateFlag:b- data:s-* contentType:s-*",
    ),
    kind(
        "system/callbacks",
        "callbackEntry",
        "CUD",
        &["description"],
        "id:i* description:s100 url:s! objectId:i! type:s! level:s! memberId:i payloadVersion:s \
    inactiveFlag:b isSoapCallbackFlag:b* isSelfSuppressedFlag:b connectWiseID:s*",
    ),
    kind(
        "system/audittrail",
        "auditTrail",
        "",
        &["text"],
        "id:i*- text:s enteredDate:d enteredBy:s auditType:s auditSubType:s auditSource:s objectType:s-* objectId:i-*",
    ),
    // Known to the product's screens alone.
    kind(
        "screens/release",
        "release",
        "",
        &[],
        "id:i* leanLists:b bareNotes:b markedNotes:b",
    ),
    kind(
        "screens/meetingnotes",
        "meetingNote",
        "",
        &["text"],
        "id:i* ticketId:i! text:s! member:@system/members timeStart:d timeEnd:d \
    detailDescriptionFlag:b internalAnalysisFlag:b resolutionFlag:b",
    ),
];
