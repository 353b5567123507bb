resource "azurerm_log_analytics_workspace" "this" {
  name                = var.names.log_workspace
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku                 = "PerGB2018"
  retention_in_days   = var.log_retention_days
  tags                = var.tags
}

resource "azurerm_monitor_diagnostic_setting" "server" {
  name                       = "logs"
  target_resource_id         = azurerm_postgresql_flexible_server.this.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.this.id

  enabled_log {
    category = "PostgreSQLLogs"
  }

  enabled_metric {
    category = "AllMetrics"
  }
}

resource "azurerm_monitor_action_group" "this" {
  name                = var.names.action_group
  resource_group_name = azurerm_resource_group.this.name
  short_name          = "database"
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = var.alert_emails
    content {
      name                    = email_receiver.key
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_metric_alert" "this" {
  for_each = var.metric_alerts

  name                = "${var.names.server}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  scopes              = [azurerm_postgresql_flexible_server.this.id]
  description         = each.value.description
  severity            = each.value.severity
  frequency           = each.value.frequency
  window_size         = each.value.window_size
  tags                = var.tags

  criteria {
    metric_namespace = "Microsoft.DBforPostgreSQL/flexibleServers"
    metric_name      = each.value.metric
    aggregation      = each.value.aggregation
    operator         = each.value.operator
    threshold        = each.value.threshold
  }

  action {
    action_group_id = azurerm_monitor_action_group.this.id
  }
}

resource "azurerm_consumption_budget_resource_group" "this" {
  name              = var.names.budget
  resource_group_id = azurerm_resource_group.this.id
  amount            = var.monthly_budget.amount
  time_grain        = "Monthly"

  # Without an end it runs for ten years.
  time_period {
    start_date = var.monthly_budget.start
  }

  dynamic "notification" {
    for_each = { Actual = 80, Forecasted = 100 }
    content {
      threshold_type = notification.key
      threshold      = notification.value
      operator       = "GreaterThan"
      contact_emails = var.monthly_budget.emails
      contact_groups = [azurerm_monitor_action_group.this.id]
    }
  }
}
