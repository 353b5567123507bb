"""For each alert: input series, when to look (minutes from 0:00 of 1970, as promtool counts), and how many of it fire then.

A sample and an evaluation every five minutes: promtool takes its time for each."""
STEP = 5
DAY = 24 * 60
LONG_AGO = -2 * 86400  # two days before all cases begin
MAINTAIN, STATUS, PARTITIONS = '{command="partition maintain"}', '{command="status"}', '{command="partition status"}'
CRON = '{namespace="shop",cronjob="tripmig-maintain"}'


def code(command, value):
    return {f'tripmig_last_run_exit_code{{command="{command}",instance="db1"}}': value}


# alert, series (a value for all the time, or promtool's own notation), minute, how many fire
CASES = [
    ("TripmigRunFailed", {**code("up", 7), **code("partition maintain", 9)}, 20, 2),
    ("TripmigRunFailed", code("up", 7), 10, 0),  # not yet
    ("TripmigRunFailed", {**code("up", 0), **code("status", 3), **code("validate", 4), **code("swap run", 8), **code("swap verify", 10)}, 60, 0),
    ("TripmigStoppedHalfWay", code("up", 8), 10, 1),
    ("TripmigStoppedHalfWay", {**code("up", 7), **code("down", 0)}, 10, 0),
    ("TripmigDifferenceFound", code("swap verify", 10), 5, 1),
    ("TripmigDifferenceFound", {**code("rehearse", 10), **code("swap run", 0)}, 10, 0),
    ("TripmigHistoryDisagrees", {**code("up", 4), **code("status", 4)}, 20, 2),
    ("TripmigHistoryDisagrees", code("lint", 4), 60, 0),
    ("TripmigMigrationsPending", code("status", 3), 150, 1),
    ("TripmigMigrationsPending", code("status", 3), 60, 0),  # a deploy may take an hour
    ("TripmigMigrationsPending", {**code("status", 0), **code("partition status", 3)}, 150, 0),
    ("TripmigPartitionsRunOut", code("partition status", 3), 150, 1),
    ("TripmigPartitionsRunOut", {**code("partition status", 0), **code("status", 3)}, 150, 0),
    ("TripmigMaintainOverdue", {"tripmig_last_success_timestamp_seconds" + MAINTAIN: LONG_AGO}, 130, 1),
    ("TripmigMaintainOverdue", {"tripmig_last_success_timestamp_seconds" + MAINTAIN: LONG_AGO}, 110, 0),
    ("TripmigMaintainOverdue", {"tripmig_last_success_timestamp_seconds" + STATUS: LONG_AGO}, 130, 0),
    ("TripmigMaintainNeverSucceeded", {"tripmig_last_run_timestamp_seconds" + MAINTAIN: 60}, 90, 1),
    ("TripmigMaintainNeverSucceeded", {"tripmig_last_run_timestamp_seconds" + MAINTAIN: 60,
                                       "tripmig_last_success_timestamp_seconds" + MAINTAIN: 30}, 90, 0),
    ("TripmigMaintainSlow", {"tripmig_last_run_duration_seconds" + MAINTAIN: 4000}, 5, 1),
    ("TripmigMaintainSlow", {"tripmig_last_run_duration_seconds" + MAINTAIN: 300,
                             'tripmig_last_run_duration_seconds{command="swap run"}': 40000}, 5, 0),
    ("TripmigStatusNotRunning", {"tripmig_last_run_timestamp_seconds" + STATUS: 0}, 250, 1),
    ("TripmigStatusNotRunning", {"tripmig_last_run_timestamp_seconds" + STATUS: 0}, 200, 0),
    ("TripmigMetricsUnreadable", {'node_textfile_scrape_error{instance="db1"}': 1}, 90, 1),
    ("TripmigMetricsUnreadable", {'node_textfile_scrape_error{instance="db1"}': 0}, 90, 0),

    ("TripmigJobFailed", {'kube_job_failed{namespace="shop",job_name="tripmig-up",condition="true"}': 1,
                          'kube_job_failed{namespace="shop",job_name="shop-tripmig-maintain-29001",condition="true"}': 1}, 5, 2),
    ("TripmigJobFailed", {'kube_job_failed{namespace="shop",job_name="tripmig-up",condition="true"}': 0,
                          'kube_job_failed{namespace="shop",job_name="tripmig-up",condition="false"}': 1,
                          'kube_job_failed{namespace="shop",job_name="backup",condition="true"}': 1}, 5, 0),
    ("TripmigCronJobOverdue", {"kube_cronjob_status_last_successful_time" + CRON: LONG_AGO}, 130, 1),
    ("TripmigCronJobOverdue", {"kube_cronjob_status_last_successful_time" + CRON: LONG_AGO}, 110, 0),
    ("TripmigCronJobNeverSucceeded", {"kube_cronjob_created" + CRON: LONG_AGO}, 130, 1),
    ("TripmigCronJobNeverSucceeded", {"kube_cronjob_created" + CRON: LONG_AGO,
                                      "kube_cronjob_status_last_successful_time" + CRON: 3600}, 130, 0),
    ("TripmigCronJobSuspended", {"kube_cronjob_spec_suspend" + CRON: 1}, DAY + 10, 1),
    ("TripmigCronJobSuspended", {"kube_cronjob_spec_suspend" + CRON: 0}, DAY + 10, 0),
    ("TripmigPodsWait", {f'kube_pod_init_container_status_running{{namespace="shop",pod="shop-{n}",container="tripmig"}}': 1 for n in range(3)}, 40, 1),
    ("TripmigPodsWait", {'kube_pod_init_container_status_running{namespace="shop",pod="shop-1",container="tripmig"}': 0,
                         'kube_pod_init_container_status_running{namespace="shop",pod="shop-1",container="cache"}': 1}, 40, 0),
    ("TripmigInitContainerFails", {'kube_pod_init_container_status_restarts_total{namespace="shop",pod="a",container="tripmig"}': "0+1x20"}, 40, 1),
    ("TripmigInitContainerFails", {'kube_pod_init_container_status_restarts_total{namespace="shop",pod="a",container="tripmig"}': "0x4 1x20"}, 40, 0),
]

# kube-state-metrics, docs/metrics/workload: what the alerts use of it.
KUBE_STATE_METRICS = {
    "kube_job_failed", "kube_cronjob_status_last_successful_time", "kube_cronjob_created", "kube_cronjob_spec_suspend",
    "kube_pod_init_container_status_running", "kube_pod_init_container_status_restarts_total",
}


def promtool_tests():
    """One test of promtool for each case."""
    return [{
        "interval": f"{STEP}m",
        "input_series": [{"series": name, "values": values if isinstance(values, str) else f"{values}x{minute // STEP + 1}"} for name, values in series.items()],
        "promql_expr_test": [{
            "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)',
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": "{}", "value": firing}],
        }],
    } for alert, series, minute, firing in CASES]
