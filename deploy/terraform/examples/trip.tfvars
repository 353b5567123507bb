# The trip service in production, after its operations guide. Where a value differs, README.md says why.
#   terraform plan -var-file=examples/trip.tfvars -var subscription_id="$(az account show --query id --output tsv)"
location = "koreacentral"

tags = {
  Environment = "Production"
  Service     = "Trip"
  Project     = "TripGen"
  ManagedBy   = "Terraform"
}

names = {
  resource_group      = "rg-tripgen-trip-prod-koreacentral"
  virtual_network     = "vnet-tripgen-trip-prod"
  subnet              = "subnet-pe-trip-prod"
  private_endpoint    = "pe-trip-db-prod"
  server              = "postgresql-trip-prod-server"
  replica             = "postgresql-trip-prod-replica"
  key_vault           = "kv-tripgen-trip-prod"
  log_workspace       = "law-tripgen-trip-prod"
  action_group        = "ag-trip-db-alerts-prod"
  budget              = "budget-trip-prod"
  backup_storage      = "tripgentripbackupprod"
  migrations_identity = "id-trip-migrations-prod"
  service_identity    = "id-trip-service-prod"
}

address_space   = ["10.2.0.0/16"]
endpoint_subnet = "10.2.2.0/24"

postgresql_version    = "15"
sku_name              = "GP_Standard_D2s_v3"
storage_mb            = 65536
zone                  = "1"
high_availability     = { mode = "ZoneRedundant", standby_zone = "2" }
backup_retention_days = 35
maintenance_window    = { day_of_week = 0, start_hour = 8 } # Sunday 17:00 in Seoul

administrator_login     = "tripgen_admin"
database_name           = "tripdb_prod"
password_secret         = "trip-db-password"
service_password_secret = "trip-db-app-password"

# Not the guide's shared_buffers and effective_cache_size: see README.md.
server_parameters = {
  work_mem                     = "32768"  # 32 MB, in kB
  maintenance_work_mem         = "131072" # 128 MB, in kB
  checkpoint_completion_target = "0.9"
  wal_buffers                  = "4096" # 32 MB, in pages of 8 kB
  max_connections              = "200"
}

# replica_sku_name = "GP_Standard_D2s_v3"

service_account = { namespace = "trip-prod", name = "tripmig" }

alert_emails = { "DBA Team" = "dba-team@company.com" }

metric_alerts = {
  cpu = {
    description = "CPU above 80 %"
    metric      = "cpu_percent"
    threshold   = 80
  }
  storage = {
    description = "Disk more than 85 % full. It grows by itself; at 95 % and without growth the server becomes read-only"
    metric      = "storage_percent"
    threshold   = 85
  }
  scale-up = {
    description = "CPU above 70 % for an hour: a person decides on a larger size"
    metric      = "cpu_percent"
    threshold   = 70
    severity    = 3
    frequency   = "PT15M"
    window_size = "PT1H"
  }
}

# 500 US dollars. In a Korean billing account the same number would be 500 won: set its own.
monthly_budget = {
  amount = 500
  start  = "2027-01-01T00:00:00Z"
  emails = ["admin@company.com", "billing@company.com"]
}
