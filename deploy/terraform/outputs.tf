# The two files of deploy/kubernetes/overlays/trip/settings, complete:
#   terraform output -raw tripmig_env > ../kubernetes/overlays/trip/settings/tripmig.env
#   terraform output -raw azure_env > ../kubernetes/overlays/trip/settings/azure.env

output "tripmig_env" {
  description = "tripmig.env of the Kubernetes overlay: the connection, without a password"
  value       = <<-EOT
    TRIPMIG_DATABASE_URL=postgresql://${var.administrator_login}@${azurerm_postgresql_flexible_server.this.fqdn}:5432/${azurerm_postgresql_flexible_server_database.this.name}?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt
  EOT
}

output "azure_env" {
  description = "azure.env of the Kubernetes overlay: where the password is, and who reads it"
  value       = <<-EOT
    TENANT_ID=${data.azurerm_client_config.current.tenant_id}
    CLIENT_ID=${azurerm_user_assigned_identity.migrations.client_id}
    KEY_VAULT_NAME=${azurerm_key_vault.this.name}
  EOT
}

output "application_connection" {
  description = "Connection string of the application (Npgsql), without user and password"
  value       = "Host=${azurerm_postgresql_flexible_server.this.fqdn};Port=5432;Database=${azurerm_postgresql_flexible_server_database.this.name};SSL Mode=VerifyFull"
}

output "application_client_id" {
  description = "Identity of the application, which reads its own password alone"
  value       = azurerm_user_assigned_identity.service.client_id
}

output "password_secret" {
  description = "objectName in deploy/kubernetes/components/azure-key-vault"
  value       = azurerm_key_vault_secret.password.name
}

output "server" {
  description = "For az postgres flexible-server, and for docs/backup.md"
  value = {
    resource_group = azurerm_resource_group.this.name
    name           = azurerm_postgresql_flexible_server.this.name
    fqdn           = azurerm_postgresql_flexible_server.this.fqdn
    replica        = one(azurerm_postgresql_flexible_server.replica[*].fqdn)
  }
}

output "backup" {
  description = "BACKUP_STORAGE_ACCOUNT and BACKUP_CONTAINER of deploy/backup"
  value = {
    storage_account = azurerm_storage_account.backup.name
    container       = azurerm_storage_container.backups.name
  }
}
