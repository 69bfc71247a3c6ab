//! Companies, their sites and people.

use super::kind;
use crate::records::schema::About;
use crate::vendors::connectwise_psa::made::numbers as n;
use crate::world::listing::Listing;

/// The kinds.
pub const KINDS: [About; 13] = [
    kind(
        "company/companies",
        "company",
        "CUD",
        &["name"],
        "id:i* identifier:s30! name:s50! status:@company/companies/statuses addressLine1:s50 \
    addressLine2:s50 city:s50 state:s50 zip:s12 country:@company/countries phoneNumber:s30 \
    faxNumber:s30 website:s255 territory:@system/locations market:m accountNumber:s \
    defaultContact:@company/contacts dateAcquired:d sicCode:m parentCompany:@company/companies \
    annualRevenue:n numberOfEmployees:i yearEstablished:i revenueYear:i ownershipType:m \
    timeZoneSetup:@system/timeZoneSetups leadSource:s50 leadFlag:b unsubscribeFlag:b calendar:m \
    userDefinedField1:s50 userDefinedField2:s50 userDefinedField3:s50 userDefinedField4:s50 \
    userDefinedField5:s50 userDefinedField6:s50 userDefinedField7:s50 userDefinedField8:s50 \
    userDefinedField9:s50 userDefinedField10:s50 vendorIdentifier:s taxIdentifier:s taxCode:m \
    billingTerms:m invoiceTemplate:m pricingSchedule:m companyEntityType:m \
    billToCompany:@company/companies billingSite:@company/companies/sites \
    billingContact:@company/contacts invoiceDeliveryMethod:m invoiceToEmailAddress:s \
    invoiceCCEmailAddress:s deletedFlag:b dateDeleted:d* deletedBy:s* mobileGuid:s* facebookUrl:s \
    twitterUrl:s linkedInUrl:s currency:m territoryManager:@system/members resellerIdentifier:s \
    isVendorFlag:b types:[company/companies/types site:@company/companies/sites integratorTags:m \
    customFields:m",
    )
    .made(Listing::Companies, n::COMPANIES),
    kind(
        "company/companies/sites",
        "companySite",
        "CUD",
        &["name"],
        "id:i* name:s50! addressLine1:s50 addressLine2:s50 city:s50 stateReference:m zip:s12 \
    country:@company/countries addressFormat:s phoneNumber:s30 phoneNumberExt:s30 faxNumber:s30 \
    taxCode:m entityType:m expenseReimbursement:n primaryAddressFlag:b defaultShippingFlag:b \
    defaultBillingFlag:b defaultMailingFlag:b inactiveFlag:b billSeparateFlag:b mobileGuid:s* \
    calendar:m timeZone:@system/timeZoneSetups company:@company/companies customFields:m",
    )
    .under("company/companies", "company")
    .made(Listing::Companies, n::SITES),
    kind(
        "company/companies/statuses",
        "companyStatus",
        "CUD",
        &["name"],
        "id:i* name:s50! defaultFlag:b inactiveFlag:b notifyFlag:b disallowSavingFlag:b \
    notificationMessage:s500 customNoteFlag:b cancelOpenTracksFlag:b track:m",
    ),
    kind(
        "company/companies/types",
        "companyType",
        "CUD",
        &["name"],
        "id:i* name:s50! defaultFlag:b vendorFlag:b serviceAlertFlag:b serviceAlertMessage:s150",
    ),
    kind(
        "company/companies/notes",
        "companyNote",
        "CUD",
        &["text"],
        "id:i* text:s! type:@company/noteTypes flagged:b enteredBy:s* company:@company/companies",
    )
    .under("company/companies", "company"),
    kind(
        "company/companies/teams",
        "companyTeam",
        "CUD",
        &["id"],
        "id:i* company:@company/companies teamRole:m! location:@system/locations \
    department:@system/departments contact:@company/contacts member:@system/members \
    accountManagerFlag:b techFlag:b salesFlag:b",
    )
    .under("company/companies", "company"),
    kind(
        "company/contacts",
        "contact",
        "CUD",
        &["firstName", "lastName"],
        "id:i* firstName:s lastName:s company:@company/companies site:@company/companies/sites \
    addressLine1:s addressLine2:s city:s state:s zip:s country:@company/countries \
    relationship:@company/contacts/relationships relationshipOverride:s \
    department:@company/contacts/departments inactiveFlag:b defaultMergeContactId:i \
    securityIdentifier:s managerContact:@company/contacts assistantContact:@company/contacts title:s \
    school:s nickName:s marriedFlag:b childrenFlag:b children:s significantOther:s portalPassword:s- \
    portalSecurityLevel:i disablePortalLoginFlag:b unsubscribeFlag:b gender:e(Female|Male) \
    birthDay:s anniversary:s presence:e(NoAgent|Online|DoNotDisturb|Away|Offline) mobileGuid:s* \
    facebookUrl:s twitterUrl:s linkedInUrl:s defaultPhoneType:s defaultPhoneNbr:s \
    defaultPhoneExtension:s defaultBillingFlag:b defaultFlag:b userDefinedField1:s50 \
    userDefinedField2:s50 userDefinedField3:s50 userDefinedField4:s50 userDefinedField5:s50 \
    userDefinedField6:s50 userDefinedField7:s50 userDefinedField8:s50 userDefinedField9:s50 \
    userDefinedField10:s50 companyLocation:@system/locations communicationItems:m \
    types:[company/contacts/types integratorTags:m customFields:m photo:m ignoreDuplicates:b- \
    typeIds:m-",
    )
    .made(Listing::People, n::CONTACTS)
    .within("company", "company/companies"),
    kind(
        "company/contacts/types",
        "contactType",
        "CUD",
        &["description"],
        "id:i* description:s50! defaultFlag:b serviceAlertFlag:b serviceAlertMessage:s150",
    ),
    kind(
        "company/contacts/relationships",
        "relationship",
        "CUD",
        &["name"],
        "id:i* name:s50!",
    ),
    kind(
        "company/contacts/departments",
        "contactDepartment",
        "CUD",
        &["name"],
        "id:i* name:s30!",
    ),
    kind(
        "company/communicationTypes",
        "communicationType",
        "CUD",
        &["description"],
        "id:i* description:s! phoneFlag:b faxFlag:b emailFlag:b defaultFlag:b exchangeXref:s50 \
    iphoneXref:s50 androidXref:s50 googleXref:s50",
    ),
    kind(
        "company/noteTypes",
        "noteType",
        "CUD",
        &["name"],
        "id:i* name:s50! defaultFlag:b",
    ),
    kind(
        "company/countries",
        "country",
        "CUD",
        &["name"],
        "id:i* name:s50! defaultFlag:b currency:m! cityCaption:s25 stateCaption:s25 zipCaption:s25 \
    zipMinimumLength:i dialingPrefix:s5 addressFormat:m countryCode:s2 \
    coreEntityCountryCode:e(AF|AX|AL|DZ|AS|AD|AO|AI|AQ|AR|AM|AW|AT|AZ|BH|BD|BB|BY|BZ|BJ|BM|BT|BO|BQ|BA|BW|BV|IO|BN|BG|BF|BI|CM|CV|KY|CF|TD|CL|CX|CC|CO|KM|CG|CK|CI|HR|CU|CW|CY|CZ|CD|DK|DJ|DM|EC|EG|GQ|ER|EE|ET|FK|FO|FJ|FI|FR|GF|PF|TF|GA|GM|GE|GH|GI|GR|GL|GD|GP|GU|GT|GG|GN|GW|GY|HT|HM|HN|HK|HU|IS|IN|IR|IQ|IE|IM|IT|JM|JP|JE|JO|KZ|KE|KI|XK|KW|KG|LA|LV|LB|LS|LR|LY|LI|LT|LU|MO|MK|MG|MW|MY|ML|MT|MH|MQ|MR|MU|YT|FM|MD|MC|MN|ME|MS|MZ|NA|NR|NP|NC|NZ|NI|NE|NG|NU|NF|KP|MP|OM|PK|PW|PS|PG|PY|PE|PN|PL|PT|PR|RE|RO|RU|RW|BL|SH|PM|VC|WS|SM|ST|SN|RS|SC|SL|SX|SK|SI|SB|SO|ZA|GS|KR|SS|ES|LK|SD|SR|SJ|SZ|SE|SY|TJ|TZ|TH|TL|TG|TK|TO|TN|TR|TV|UG|UA|GB|UM|UZ|VU|VN|WF|EH|YE|ZM|ZW|US|CR|MX|AE|VI|VG|SA|KH|AU|ID|CA|BR|TW|TM|TC|QA|MM|CN|SG|IL|VA|DE|NL|AG|BE|LC|UY|PH|BS|VE|CH|MF|KN|TT|DO|PA|MV|SV|NO|MA|AC|TA) \
    localizationCaptionOne:s25 localizationValueOne:s50",
    ),
];
