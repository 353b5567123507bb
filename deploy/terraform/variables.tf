variable "subscription_id" {
  description = "The Azure subscription: az account show --query id"
  type        = string
}

variable "location" {
  description = "Azure region. Zone-redundant high availability needs one with availability zones: koreacentral has them, koreasouth does not"
  type        = string
}

variable "tags" {
  description = "Tags of every resource"
  type        = map(string)
  default     = {}
}

variable "names" {
  description = "Names of the resources. Server, vault and storage account are unique in all of Azure"
  type = object({
    resource_group      = string
    virtual_network     = string
    subnet              = string
    private_endpoint    = string
    server              = string
    replica             = string
    key_vault           = string
    log_workspace       = string
    action_group        = string
    budget              = string
    backup_storage      = string
    migrations_identity = string
    service_identity    = string
  })

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.names.backup_storage))
    error_message = "A storage account's name has 3 to 24 lower-case letters and digits."
  }
  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$", var.names.key_vault))
    error_message = "A key vault's name has 3 to 24 letters, digits and hyphens."
  }
}

# Network

variable "address_space" {
  description = "Address space of the virtual network"
  type        = list(string)
}

variable "endpoint_subnet" {
  description = "Addresses of the subnet of the private endpoints, within address_space"
  type        = string
}

variable "linked_networks" {
  description = "Other virtual networks that resolve the server's private name: name of the link -> ID. Peer them as well, the cluster's above all"
  type        = map(string)
  default     = {}
}

# Server

variable "postgresql_version" {
  description = "Major version of PostgreSQL"
  type        = string
  default     = "15"
}

variable "sku_name" {
  description = "Size of the server"
  type        = string

  validation {
    condition     = can(regex("^(GP|MO)_", var.sku_name))
    error_message = "High availability and read replicas need General Purpose (GP_) or Memory Optimized (MO_)."
  }
}

variable "storage_mb" {
  description = "Size of the disk. It grows by itself when it is nearly full, and cannot shrink: then raise this value"
  type        = number
}

variable "zone" {
  description = "Availability zone of the server"
  type        = string
  default     = "1"
}

variable "high_availability" {
  description = "ZoneRedundant or SameZone, and the zone of the standby; null: none"
  type = object({
    mode         = string
    standby_zone = string
  })
  default = null

  validation {
    condition     = var.high_availability == null || !contains(["koreasouth", "korea south"], lower(var.location)) || try(var.high_availability.mode, "") == "SameZone"
    error_message = "Korea South has no availability zones: take koreacentral, or mode SameZone."
  }
  validation {
    condition     = try(var.high_availability.mode, "") != "ZoneRedundant" || try(var.high_availability.standby_zone, "") != var.zone
    error_message = "The standby of a zone-redundant server is in another zone."
  }
}

variable "backup_retention_days" {
  description = "How far back a point-in-time restore reaches"
  type        = number
  default     = 35
}

variable "geo_redundant_backup" {
  description = "Keeps the backups in the paired region as well. Cannot be changed later without a new server"
  type        = bool
  default     = false
}

variable "maintenance_window" {
  description = "When Azure may restart the server, in UTC; Sunday is 0. Keep tripmig's nightly run away from it"
  type = object({
    day_of_week = number
    start_hour  = number
  })
}

variable "administrator_login" {
  description = "The role that owns the schema and runs tripmig"
  type        = string
}

variable "password_version" {
  description = "Raise it to give both roles new passwords"
  type        = number
  default     = 1
}

variable "database_name" {
  description = "Database of the service"
  type        = string
}

variable "server_parameters" {
  description = "Server parameters in Azure's units: pages of 8 kB, kB, ms, without a unit behind the number"
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for value in values(var.server_parameters) : !can(regex("^[0-9]+ *([kMGT]?B|ms|s|min)$", value))])
    error_message = "Azure takes plain numbers: work_mem of 32MB is \"32768\"."
  }
}

variable "replica_sku_name" {
  description = "Size of a read replica for reports; null: no replica"
  type        = string
  default     = null

  validation {
    condition     = var.replica_sku_name == null || can(regex("^(GP|MO)_", var.replica_sku_name))
    error_message = "A read replica cannot be Burstable (B_)."
  }
}

# Secrets

variable "password_secret" {
  description = "Secret with the administrator's password, which tripmig reads"
  type        = string
}

variable "service_password_secret" {
  description = "Secret with the application role's password"
  type        = string
}

# Kubernetes

variable "oidc_issuer_url" {
  description = "OIDC issuer of the AKS cluster, for tripmig's workload identity; null: no federation yet"
  type        = string
  default     = null
}

variable "service_account" {
  description = "tripmig's ServiceAccount"
  type = object({
    namespace = string
    name      = string
  })
}

# Alerts, costs, backup

variable "alert_emails" {
  description = "Who gets the alerts: name -> address"
  type        = map(string)

  validation {
    condition     = length(var.alert_emails) > 0
    error_message = "An alert that nobody receives is none."
  }
}

variable "metric_alerts" {
  description = "Alerts on the server's metrics: suffix of the name -> rule"
  type = map(object({
    description = string
    metric      = string
    threshold   = number
    aggregation = optional(string, "Average")
    operator    = optional(string, "GreaterThan")
    severity    = optional(number, 2)
    frequency   = optional(string, "PT5M")
    window_size = optional(string, "PT15M")
  }))
}

variable "log_retention_days" {
  description = "How long the server's logs are kept"
  type        = number
  default     = 30
}

variable "monthly_budget" {
  description = "Amount in the currency of the billing account, the month from which it counts, and who is told"
  type = object({
    amount = number
    start  = string
    emails = list(string)
  })

  validation {
    condition     = can(regex("^20[0-9]{2}-(0[1-9]|1[0-2])-01T00:00:00Z$", var.monthly_budget.start))
    error_message = "A budget starts on the first of a month: 2027-01-01T00:00:00Z. Azure takes no month that is over."
  }
}

variable "dump_retention_days" {
  description = "How long uploaded dumps are kept"
  type        = number
  default     = 90
}

variable "backup_writers" {
  description = "Who may write dumps: name -> object ID of the identity that runs deploy/backup"
  type        = map(string)
  default     = {}
}
