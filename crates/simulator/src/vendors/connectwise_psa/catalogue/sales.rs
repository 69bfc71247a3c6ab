//! Opportunities and agreements.

use super::kind;
use crate::records::schema::About;
use crate::vendors::connectwise_psa::made::numbers as n;
use crate::world::listing::Listing;

/// The kinds.
pub const KINDS: [About; 10] = [
    kind(
        "sales/opportunities",
        "opportunity",
        "CUD",
        &["name"],
        "id:i* name:s100! expectedCloseDate:d type:@sales/opportunities/types stage:@sales/stages \
    status:@sales/opportunities/statuses priority:m notes:s probability:@sales/probabilities \
    source:s50 rating:@sales/opportunities/ratings campaign:m primarySalesRep:@system/members! \
    secondarySalesRep:@system/members locationId:i businessUnitId:i company:@company/companies! \
    contact:@company/contacts! site:@company/companies/sites customerPO:s25 pipelineChangeDate:d \
    dateBecameLead:d closedDate:d* closedBy:@system/members* totalSalesTax:n \
    shipToCompany:@company/companies shipToContact:@company/contacts \
    shipToSite:@company/companies/sites billToCompany:@company/companies \
    billToContact:@company/contacts billToSite:@company/companies/sites billingTerms:m taxCode:m \
    currency:m companyLocationId:i technicalContact:@company/contacts customFields:m",
    )
    .made(Listing::Opportunities, n::OPPORTUNITIES),
    kind(
        "sales/opportunities/notes",
        "opportunityNote",
        "CUD",
        &["text"],
        "id:i* opportunityId:i type:@company/noteTypes text:s! flagged:b enteredBy:s* mobileGuid:s*",
    )
    .under("sales/opportunities", "opportunityId"),
    kind(
        "sales/opportunities/forecast",
        "forecastItem",
        "CUD",
        &["forecastDescription"],
        "id:i* forecastDescription:s50 opportunity:@sales/opportunities! quantity:n \
    status:@sales/opportunities/statuses! catalogItem:m productDescription:s productClass:s \
    revenue:n cost:n margin:n* percentage:i includeFlag:b quoteWerksDocNo:s20 quoteWerksDocName:s255 \
    quoteWerksQuantity:i forecastType:e(Other1|Other2|Agreement|Product|Service)! linkFlag:b \
    recurringRevenue:n recurringCost:n recurringDateStart:d recurringDateEnd:d billCycle:m \
    cycleBasis:s cycles:i recurringFlag:b sequenceNumber:n subNumber:i taxableFlag:b",
    )
    .under("sales/opportunities", "opportunity"),
    kind(
        "sales/opportunities/statuses",
        "opportunityStatus",
        "CUD",
        &["name"],
        "id:i* name:s30! wonFlag:b lostFlag:b closedFlag:b* inactiveFlag:b defaultFlag:b enteredBy:s* \
    dateEntered:d",
    ),
    kind(
        "sales/opportunities/types",
        "opportunityType",
        "CUD",
        &["description"],
        "id:i* description:s50! inactiveFlag:b",
    ),
    kind(
        "sales/opportunities/ratings",
        "opportunityRating",
        "CUD",
        &["name"],
        "id:i* name:s50! sortOrder:i",
    ),
    kind(
        "sales/stages",
        "opportunityStage",
        "CUD",
        &["name"],
        "id:i* name:s50! probability:@sales/probabilities color:s25 sequenceNumber:i",
    ),
    kind(
        "sales/probabilities",
        "salesProbability",
        "CUD",
        &["probability"],
        "id:i* probability:i!",
    ),
    kind(
        "finance/agreements",
        "agreement",
        "CUD",
        &["name"],
        "id:i* name:s100! type:@finance/agreements/types! company:@company/companies! \
    contact:@company/contacts! site:@company/companies/sites subContractCompany:@company/companies \
    subContractContact:@company/contacts parentAgreement:@finance/agreements customerPO:s50 \
    location:@system/locations department:@system/departments restrictLocationFlag:b \
    restrictDepartmentFlag:b startDate:d endDate:d noEndingDateFlag:b \
    opportunity:@sales/opportunities cancelledFlag:b dateCancelled:d reasonCancelled:s100 sla:m \
    workOrder:s20 internalNotes:s applicationUnits:e(Amount|Hours|Incidents) applicationLimit:n \
    applicationCycle:e(Contract2Weeks|Contract4Weeks|ContractYear|CalendarMonth|CalendarQuarter|CalendarWeek|ContractQuarter|CalendarYear) \
    applicationUnlimitedFlag:b oneTimeFlag:b coverAgreementTime:b coverAgreementProduct:b \
    coverAgreementExpense:b coverSalesTax:b carryOverUnused:b allowOverruns:b expiredDays:i limit:i \
    expireWhenZero:b chargeToFirm:b employeeCompRate:e(Actual|Hourly) \
    employeeCompNotExceed:e(Billing|Amount|Percent) compHourlyRate:n compLimitAmount:n \
    billingCycle:m billOneTimeFlag:b billingTerms:m invoicingCycle:e(ContractYear|CalendarYear) \
    billToCompany:@company/companies billToContact:@company/contacts \
    billToSite:@company/companies/sites billAmount:n taxable:b prorateFirstBill:n billStartDate:d \
    taxCode:m restrictDownPayment:b prorateFlag:b invoiceProratedAdditionsFlag:b \
    invoiceDescription:s topComment:b bottomComment:b workRole:@time/workRoles \
    workType:@time/workTypes projectType:m invoiceTemplate:m \
    billTime:e(Billable|DoNotBill|NoCharge|NoDefault) \
    billExpenses:e(Billable|DoNotBill|NoCharge|NoDefault) \
    billProducts:e(Billable|DoNotBill|NoCharge|NoDefault) billableTimeInvoice:b \
    billableExpenseInvoice:b billableProductInvoice:b currency:m \
    periodType:e(Current|Future|Both|Undefined) autoInvoiceFlag:b nextInvoiceDate:s \
    companyLocation:@system/locations shipToCompany:@company/companies \
    shipToContact:@company/contacts shipToSite:@company/companies/sites \
    agreementStatus:e(Active|Cancelled|Expired|Inactive) customFields:m",
    ),
    kind(
        "finance/agreements/types",
        "agreementType",
        "CUD",
        &["name"],
        "id:i* name:s50! prefixSuffixOption:e(Prefix|Suffix) defaultFlag:b inactiveFlag:b \
    prePaymentFlag:b invoicePreSuffix:s5 location:@system/locations department:@system/departments \
    restrictLocationFlag:b restrictDepartmentFlag:b sla:m applicationUnits:e(Amount|Hours|Incidents) \
    applicationLimit:n \
    applicationCycle:e(Contract2Weeks|Contract4Weeks|ContractYear|CalendarMonth|CalendarQuarter|CalendarWeek|ContractQuarter|CalendarYear) \
    applicationUnlimitedFlag:b oneTimeFlag:b coverAgreementTimeFlag:b coverAgreementProductFlag:b \
    coverAgreementExpenseFlag:b coverSalesTaxFlag:b carryOverUnusedFlag:b allowOverrunsFlag:b \
    expiredDays:i limit:i expireWhenZero:b chargeToFirmFlag:b employeeCompRate:e(Actual|Hourly)! \
    employeeCompNotExceed:e(Billing|Amount|Percent)! compHourlyRate:n compLimitAmount:n \
    billingCycle:m billOneTimeFlag:b billingTerms:m invoicingCycle:e(ContractYear|CalendarYear)! \
    billAmount:n taxableFlag:b restrictDownPaymentFlag:b invoiceDescription:s4000 topCommentFlag:b \
    bottomCommentFlag:b workRole:@time/workRoles workType:@time/workTypes projectType:m \
    invoiceTemplate:m billTime:e(Billable|DoNotBill|NoCharge|NoDefault)! \
    billExpenses:e(Billable|DoNotBill|NoCharge|NoDefault)! \
    billProducts:e(Billable|DoNotBill|NoCharge|NoDefault)! billableTimeInvoiceFlag:b \
    billableExpenseInvoiceFlag:b billableProductInvoiceFlag:b copyWorkRolesFlag:b \
    copyWorkTypesFlag:b exclusionWorkRoleIds:m addAllWorkRoleExclusions:b \
    removeAllWorkRoleExclusions:b exclusionWorkTypeIds:m addAllWorkTypeExclusions:b \
    removeAllWorkTypeExclusions:b integrationXRef:s50 prorateFlag:b emailTemplate:m \
    autoInvoiceFlag:b invoiceProratedAdditionsFlag:b",
    ),
];
