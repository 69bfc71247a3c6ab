//! Companies, people, sales: their fields and routes.

use super::{Base, EntityText};

/// The entities.
pub const ENTITIES: [EntityText; 10] = [
    EntityText {
        route: "Companies",
        info: "Company",
        base: Base::Companies,
        root: "CU",
        child: None,
        changed: "lastActivityDate lastTrackedModifiedDateTime",
        fields: "id:l~ additionalAddressInformation:s100 address1:s128* address2:s128* alternatePhone1:s25 \
         alternatePhone2:s25 apiVendorID:i assetValue:n billingAddress1:s150 billingAddress2:s150 \
         billToAdditionalAddressInformation:s100 billToAddressToUse:i billToAttention:s100 \
         billToCity:s100 billToCompanyLocationID:i billToCountryID:i billToState:s100 \
         billToZipCode:s100 city:s30* classification:i*#classification \
         companyCategoryID:i@CompanyCategories companyName:s100!* companyNumber:s50* \
         companyType:h!*#companyType competitorID:i countryID:i@Countries createDate:t~ \
         createdByResourceID:i~@Resources currencyID:i fax:s25 \
         impersonatorCreatorResourceID:i~@Resources invoiceEmailMessageID:i invoiceMethod:i \
         invoiceNonContractItemsToParentCompany:b invoiceTemplateID:i isActive:b* \
         isClientPortalActive:b isEnabledForComanaged:b isTaskFireActive:b isTaxExempt:b \
         lastActivityDate:t~ lastTrackedModifiedDateTime:t~ marketSegmentID:i#marketSegment \
         ownerResourceID:i!*@Resources parentCompanyID:i*@Companies phone:s25!* postalCode:s10* \
         purchaseOrderTemplateID:i quoteEmailMessageID:i quoteTemplateID:i sicCode:s32 state:s40* \
         stockMarket:s10 stockSymbol:s10 surveyCompanyRating:n taxID:s50 taxRegionID:i \
         territoryID:i#territory webAddress:s255*",
    },
    EntityText {
        route: "Contacts",
        info: "Contact",
        base: Base::Contacts,
        root: "",
        child: Some(("Companies", "Contacts", "companyID", "CUD")),
        changed: "lastModifiedDate lastActivityDate",
        fields: "id:l~ additionalAddressInformation:s100 addressLine:s128 addressLine1:s128 \
         alternatePhone:s32 apiVendorID:i bulkEmailOptOutTime:t~ city:s32 companyID:i!*@Companies \
         companyLocationID:i@CompanyLocations countryID:i@Countries createDate:t~ emailAddress:s254* \
         emailAddress2:s254* emailAddress3:s254 extension:s10* externalID:s50* facebookUrl:s200 \
         faxNumber:s25 firstName:s20!* impersonatorCreatorResourceID:i~@Resources isActive:i!* \
         isOptedOutFromBulkEmail:b lastActivityDate:t~ lastModifiedDate:t~ lastName:s20!* \
         linkedInUrl:s200 middleInitial:s2 mobilePhone:s25* namePrefix:i nameSuffix:i note:s50 \
         phone:s25* primaryContact:b* receivesEmailNotifications:b roomNumber:s50 \
         solicitationOptOut:b solicitationOptOutTime:t~ state:s40 surveyOptOut:b title:s50* \
         twitterUrl:s200 zipCode:s16",
    },
    EntityText {
        route: "CompanyLocations",
        info: "CompanyLocation",
        base: Base::Fixed,
        root: "",
        child: Some(("Companies", "Locations", "companyID", "CUD")),
        changed: "",
        fields: "id:l~ address1:s100 address2:s100 alternatePhone1:s100 alternatePhone2:s100 city:s100 \
         companyID:i!@Companies countryID:i@Countries description:s8000 fax:s100 isActive:b \
         isPrimary:b isTaxExempt:b name:s100! overrideCompanyTaxSettings:b phone:s100 postalCode:s100 \
         roundtripDistance:n state:s100 taxRegionID:i",
    },
    EntityText {
        route: "CompanyNotes",
        info: "CompanyNote",
        base: Base::Fixed,
        root: "",
        child: Some(("Companies", "Notes", "companyID", "CU")),
        changed: "lastModifiedDate",
        fields: "id:l~ actionType:i!#actionType assignedResourceID:i!@Resources companyID:i!@Companies \
         completedDateTime:t contactID:i@Contacts createDateTime:t~ endDateTime:t! \
         impersonatorCreatorResourceID:i~@Resources impersonatorUpdaterResourceID:i~@Resources \
         lastModifiedDate:t~ name:s128 note:s32000 opportunityID:i@Opportunities startDateTime:t!",
    },
    EntityText {
        route: "CompanyCategories",
        info: "CompanyCategory",
        base: Base::Fixed,
        root: "U",
        child: None,
        changed: "",
        fields: "id:l~ displayColorRGB:i! isActive:b! isApiOnly:b isGlobalDefault:b name:s100! nickname:s100",
    },
    EntityText {
        route: "ContactGroups",
        info: "ContactGroup",
        base: Base::Fixed,
        root: "CUD",
        child: None,
        changed: "",
        fields: "id:l~ isActive:b! name:s100!",
    },
    EntityText {
        route: "ContactGroupContacts",
        info: "ContactGroupContact",
        base: Base::Fixed,
        root: "",
        child: Some(("ContactGroups", "Contacts", "contactGroupID", "CD")),
        changed: "",
        fields: "id:l~ contactGroupID:i!@ContactGroups contactID:i!@Contacts",
    },
    EntityText {
        route: "Opportunities",
        info: "Opportunity",
        base: Base::Opportunities,
        root: "CU",
        child: None,
        changed: "lastActivity",
        fields: "id:l~ advancedField1:n advancedField2:n advancedField3:n advancedField4:n advancedField5:n \
         amount:n! assessmentScore:n barriers:s100 closedDate:t companyID:i!@Companies \
         contactID:i@Contacts cost:n! createDate:t~ creatorResourceID:i~@Resources description:s8000 \
         helpNeeded:s100 impersonatorCreatorResourceID:i~@Resources lastActivity:t~ \
         leadSource:i#leadSource lossReason:i#lossReason lossReasonDetail:s100 lostDate:t market:s100 \
         monthlyCost:n monthlyRevenue:n nextStep:s500 onetimeCost:n onetimeRevenue:n \
         opportunityCategoryID:i@OpportunityCategories organizationalLevelAssociationID:i \
         ownerResourceID:i!@Resources primaryCompetitor:i probability:i! productID:i@Products \
         projectedCloseDate:d! promisedFulfillmentDate:d promotionName:s100 quarterlyCost:n \
         quarterlyRevenue:n rating:i#rating relationshipAssessmentScore:n revenueSpread:i \
         revenueSpreadUnit:s100 salesOrderID:i salesProcessPercentComplete:n semiannualCost:n \
         semiannualRevenue:n stage:i!#stage startDate:d! status:i!#opportunityStatus \
         technicalAssessmentScore:n throughDate:d title:s128! totalAmountMonths:i useQuoteTotals:b! \
         winReason:i#winReason winReasonDetail:s100 yearlyCost:n yearlyRevenue:n",
    },
    EntityText {
        route: "OpportunityCategories",
        info: "OpportunityCategory",
        base: Base::Fixed,
        root: "U",
        child: None,
        changed: "",
        fields: "id:l~ displayColorRGB:i! isActive:b! isGlobalDefault:b name:s100! nickname:s100",
    },
    EntityText {
        route: "ConfigurationItems",
        info: "ConfigurationItem",
        base: Base::Fixed,
        root: "CUD",
        child: None,
        changed: "lastModifiedTime",
        fields: "id:l~ companyID:i!@Companies* configurationItemType:i contactID:i@Contacts* \
         createDate:t~ installDate:d isActive:b!* lastModifiedTime:t~ notes:s8000 productID:i! \
         referenceTitle:s100* serialNumber:s100*",
    },
];
