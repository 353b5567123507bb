data "azurerm_client_config" "current" {}

resource "azurerm_key_vault" "this" {
  name                       = var.names.key_vault
  location                   = azurerm_resource_group.this.location
  resource_group_name        = azurerm_resource_group.this.name
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  soft_delete_retention_days = 90
  tags                       = var.tags
}

resource "azurerm_role_assignment" "terraform_secrets" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = data.azurerm_client_config.current.object_id
}

resource "azurerm_key_vault_secret" "password" {
  name             = var.password_secret
  value_wo         = ephemeral.random_password.administrator.result
  value_wo_version = var.password_version
  content_type     = "password of ${var.administrator_login}"
  key_vault_id     = azurerm_key_vault.this.id
  tags             = var.tags

  # The vault before the server has a password that nobody else knows.
  depends_on = [azurerm_role_assignment.terraform_secrets]
}

ephemeral "random_password" "service" {
  length           = 32
  override_special = "-_.~"
}

resource "azurerm_key_vault_secret" "service_password" {
  name             = var.service_password_secret
  value_wo         = ephemeral.random_password.service.result
  value_wo_version = var.password_version
  content_type     = "password of the application's role"
  key_vault_id     = azurerm_key_vault.this.id
  tags             = var.tags

  depends_on = [azurerm_role_assignment.terraform_secrets]
}

# tripmig runs as the owner of the schema; the application does not, and cannot read the owner's password.
resource "azurerm_user_assigned_identity" "migrations" {
  name                = var.names.migrations_identity
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tags                = var.tags
}

resource "azurerm_user_assigned_identity" "service" {
  name                = var.names.service_identity
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  tags                = var.tags
}

resource "azurerm_role_assignment" "migrations_secret" {
  scope                = azurerm_key_vault_secret.password.resource_versionless_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.migrations.principal_id
}

resource "azurerm_role_assignment" "service_secret" {
  scope                = azurerm_key_vault_secret.service_password.resource_versionless_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.service.principal_id
}

# Pods of this ServiceAccount are that identity (deploy/kubernetes/components/azure-key-vault).
resource "azurerm_federated_identity_credential" "migrations" {
  count = var.oidc_issuer_url == null ? 0 : 1

  name                = var.service_account.name
  resource_group_name = azurerm_resource_group.this.name
  parent_id           = azurerm_user_assigned_identity.migrations.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = var.oidc_issuer_url
  subject             = "system:serviceaccount:${var.service_account.namespace}:${var.service_account.name}"
}
