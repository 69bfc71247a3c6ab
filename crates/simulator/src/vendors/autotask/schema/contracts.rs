//! Contracts: their fields and routes.

use super::{Base, EntityText};

/// The entities.
pub const ENTITIES: [EntityText; 1] = [EntityText {
    route: "Contracts",
    info: "Contract",
    base: Base::Fixed,
    root: "CU",
    child: None,
    changed: "lastModifiedDateTime",
    fields: "id:l~ billToCompanyContactID:i@Contacts billToCompanyID:i@Companies billingPreference:i \
     companyID:i!@Companies contactID:i@Contacts contactName:s contractCategory:i contractExclusionSetID:i \
     contractName:s100! contractNumber:s50 contractPeriodType:i contractType:i! description:s2000 endDate:d! \
     estimatedCost:n estimatedHours:n estimatedRevenue:n exclusionContractID:l \
     internalCurrencyOverageBillingRate:n internalCurrencySetupFee:n isCompliant:b isDefaultContract:b \
     lastModifiedDateTime:t~ opportunityID:i@Opportunities organizationalLevelAssociationID:i \
     overageBillingRate:n purchaseOrderNumber:s50 renewedContractID:l serviceLevelAgreementID:i setupFee:n \
     setupFeeBillingCodeID:l startDate:d! status:i! timeReportingRequiresStartAndStopTimes:i!",
}];
