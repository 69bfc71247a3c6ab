//! Staff, roles and departments: their fields and routes.

use super::{Base, EntityText};

/// The entities.
pub const ENTITIES: [EntityText; 12] = [
    EntityText {
        route: "Resources",
        info: "Resource",
        base: Base::Resources,
        root: "U",
        child: None,
        changed: "",
        fields: "id:l~ accountingReferenceID:s100 dateFormat:s100 defaultServiceDeskRoleID:l@Roles \
         email:s100! email2:s100 email3:s100 emailTypeCode:s100! emailTypeCode2:s100 \
         emailTypeCode3:s100 firstName:s100! gender:s100 greeting:i hireDate:d! homePhone:s100 \
         initials:s100 internalCost:n isActive:b! lastName:s100! licenseType:i!#licenseType \
         locationID:i! middleName:s100 mobilePhone:s100 numberFormat:s100! officeExtension:s100 \
         officePhone:s100 payrollIdentifier:s100 payrollType:i! resourceType:s100!#resourceType \
         suffix:i surveyResourceRating:n timeFormat:s100 title:s100 travelAvailabilityPct:s100 \
         userName:s100! userType:i!#userType",
    },
    EntityText {
        route: "Roles",
        info: "Role",
        base: Base::Fixed,
        root: "CU",
        child: None,
        changed: "",
        fields: "id:l~ description:s8000 hourlyFactor:n! hourlyRate:n! isActive:b! \
         isExcludedFromNewContracts:b isSystemRole:b name:s100! quoteItemDefaultTaxCategoryId:i \
         roleType:i",
    },
    EntityText {
        route: "Departments",
        info: "Department",
        base: Base::Fixed,
        root: "CU",
        child: None,
        changed: "",
        fields: "id:l~ description:s8000 name:s100! number:s100 primaryLocationID:i!",
    },
    EntityText {
        route: "ResourceRoles",
        info: "ResourceRole",
        base: Base::Fixed,
        root: "",
        child: None,
        changed: "",
        fields: "id:l~ departmentID:l@Departments isActive:b queueID:l#queueID resourceID:l!@Resources \
         roleID:l!@Roles",
    },
    EntityText {
        route: "ResourceServiceDeskRoles",
        info: "ResourceServiceDeskRole",
        base: Base::Fixed,
        root: "",
        child: Some(("Resources", "ServiceDeskRoles", "resourceID", "CU")),
        changed: "",
        fields: "id:l~ isActive:b isDefault:b resourceID:i!@Resources roleID:i!@Roles",
    },
    EntityText {
        route: "ResourceRoleQueues",
        info: "ResourceRoleQueue",
        base: Base::Fixed,
        root: "",
        child: Some(("Resources", "RoleQueues", "resourceID", "CU")),
        changed: "",
        fields: "id:l~ queueID:i!#queueID resourceID:i!@Resources",
    },
    EntityText {
        route: "ResourceRoleDepartments",
        info: "ResourceRoleDepartment",
        base: Base::Fixed,
        root: "",
        child: Some(("Resources", "RoleDepartments", "resourceID", "CU")),
        changed: "",
        fields: "id:l~ departmentID:i!@Departments isActive:b! isDefault:b! isDepartmentLead:b! \
         resourceID:i!@Resources roleID:i!@Roles",
    },
    EntityText {
        route: "Countries",
        info: "Country",
        base: Base::Fixed,
        root: "",
        child: None,
        changed: "",
        fields: "id:l~ addressFormatID:i! countryCode:s2~ displayName:s100! invoiceTemplateID:i isActive:b \
         isDefaultCountry:b~ name:s100~ purchaseOrderTemplateID:i quoteTemplateID:i",
    },
    EntityText {
        route: "BillingCodes",
        info: "BillingCode",
        base: Base::Fixed,
        root: "",
        child: None,
        changed: "",
        fields: "id:l~ afterHoursWorkType:i billingCodeType:i department:i description:s8000 \
         externalNumber:s100 generalLedgerAccount:i isActive:b! isExcludedFromNewContracts:b \
         markupRate:n name:s100 taxCategoryID:i unitCost:n! unitPrice:n! useType:i",
    },
    EntityText {
        route: "NotificationHistory",
        info: "NotificationHistory",
        base: Base::Fixed,
        root: "",
        child: None,
        changed: "",
        fields: "id:l~ companyID:l~@Companies entityNumber:s100~ entityTitle:s255~ \
         initiatingContactID:l~@Contacts initiatingResourceID:l~@Resources isActive:b~ isDeleted:b~ \
         isTemplateJob:b~ notificationHistoryTypeID:i~ notificationSentTime:t~ opportunityID:l~ \
         projectID:l~ quoteID:l~ recipientDisplayName:s200~ recipientEmailAddress:s2000~ taskID:l~ \
         templateName:s100~ ticketID:l~@Tickets timeEntryID:l~",
    },
    EntityText {
        route: "UserDefinedFieldDefinitions",
        info: "UserDefinedFieldDefinition",
        base: Base::Fixed,
        root: "U",
        child: None,
        changed: "",
        fields: "id:l~ createDate:t~ crmToProjectUdfId:l dataType:i! defaultValue:s1024 \
         description:s128 displayFormat:i isActive:b isEncrypted:b isFieldMapping:b isPrivate:b \
         isProtected:b isRequired:b isVisibleToClientPortal:b mergeVariableName:s100 name:s45! \
         numberOfDecimalPlaces:i sortOrder:i udfType:i!",
    },
    EntityText {
        route: "UserDefinedFieldListItems",
        info: "UserDefinedFieldListItem",
        base: Base::Fixed,
        root: "",
        child: Some((
            "UserDefinedFieldDefinitions",
            "ListItems",
            "udfFieldId",
            "CUD",
        )),
        changed: "",
        fields: "id:l~ createDate:t~ isActive:b udfFieldId:l! valueForDisplay:s128! valueForExport:s128!",
    },
];
