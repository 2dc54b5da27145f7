//! How bad single lines are.

use super::severity;
use crate::format::text::severity::Severity::{Error, Line, Warning};

#[test]
fn a_level_at_its_place_decides() {
    for (line, expected) in [
        ("2026-01-31 23:29:30,747 - ERROR [a@1] - b", Error),
        ("2026-01-31 23:29:30,747 FATAL [main] a.B: c", Error),
        ("2026-01-31 23:29:30,747 WARN [main] a.B: got exception while serving", Warning),
        ("2026-01-31 23:29:30,747 INFO [main] a.B: finished with 1 error", Line),
        ("2026-01-31 23:29:30,747 DEBUG Exception handled", Line),
        ("2026-01-31 23:29:30,747 TRACE error", Line),
        ("INFO: no error", Line),
        ("INFO:root:error", Line),
        ("ERROR:root:x", Error),
        ("WARNING:py.warnings:x", Warning),
        ("CRITICAL:root:x", Error),
        ("SEVERE: x", Error),
        ("FINE: an Exception", Line),
        ("[ERROR] x", Error),
        ("ERROR 2026-01-31 23:29:30 x", Error),
        ("INFO 2026-01-31 23:29:30 error", Line),
        ("[2026-01-31 23:29:30 +0000] [7] [ERROR] x", Error),
        ("[2026-01-31 23:29:30,123: WARNING/MainProcess] x error", Warning),
        ("[2026-01-31T23:29:30Z ERROR x] y", Error),
        ("  2026-01-31T23:29:30Z  WARN x: error", Warning),
        ("\u{1b}[2m2026-01-31T23:29:30.1Z\u{1b}[0m \u{1b}[31mERROR\u{1b}[0m x", Error),
        ("\u{1b}[2m2026-01-31T23:29:30.1Z\u{1b}[0m \u{1b}[32m INFO\u{1b}[0m error", Line),
        ("INFO[0000] error", Line),
        ("ERRO[0000] error", Error),
        ("a.log 2026-01-31 00:00:00.008 25746 INFO a.b error", Line),
        ("- 1117838570 2005.06.03 R02 2005-06-03-15.42.50.6 R02 RAS KERNEL INFO parity error", Line),
        ("APP 1117838570 2005.06.03 R02 2005-06-03-15.42.50.6 R02 RAS KERNEL FATAL x", Error),
        ("- 1117838570 2005.06.03 R02 2005-06-03-15.42.50.6 R02 RAS KERNEL SEVERE x", Error),
        ("[Sun Dec 04 04:47:44 2005] [error] x", Error),
        ("[Sun Dec 04 04:47:44 2005] [notice] child in error state", Line),
        ("[Sun Dec 04 04:47:44 2005] [core:warn] [pid 1] x error", Warning),
        ("2026/01/31 23:29:30 [crit] 1#0: x", Error),
        ("2026/01/31 23:29:30 [emerg] 1#0: x", Error),
        ("2016-09-28 04:30:30, Info                  CBS    error", Line),
        ("2016-09-28 04:30:30, Error                 CBS    x", Error),
        ("2026-01-31T23:29:30.123Z\tinfo\ta.go:1\terror", Line),
        ("2026-01-31T23:29:30.123Z error a", Error),
        ("2026-01-31T23:29:30.123Z [Warning] [x] error", Warning),
        ("2026-01-31 23:29:30|WARN|a|error", Warning),
        ("info: error", Line),
        ("warn: error", Warning),
        ("03-17 16:13:38.811  1702  2395 E WindowManager: x", Error),
        ("03-17 16:13:38.811  1702  2395 W WindowManager: error", Warning),
        ("03-17 16:13:38.811  1702  2395 D WindowManager: error", Line),
        ("E/WindowManager( 1702): x", Error),
        ("03-17 16:13:38.811 W/WindowManager( 1702): error", Warning),
        ("I/WindowManager( 1702): error", Line),
        ("E0131 23:29:30.123456   12 x.go:1] y", Error),
        ("W0131 23:29:30.123456   12 x.go:1] error", Warning),
        ("I0131 23:29:30.123456   12 x.go:1] error", Line),
        ("[E 2026-01-31 23:29:30.123 ServerApp] x", Error),
        ("[I 2026-01-31 23:29:30.123 ServerApp] error", Line),
        ("<3>x", Error),
        ("<11>Jan 31 09:00:55 host x", Error),
        ("<12>Jan 31 09:00:55 host x", Warning),
        ("<14>Jan 31 09:00:55 host x", Line),
        ("<13>Jan 31 09:00:55 host sshd[1]: error: x", Error),
        ("Jan 31 09:00:55 host sshd[1]: error: x", Error),
        ("Jan 31 09:00:55 host app[1]: info: 3 errors and one error", Line),
        ("Jan 31 09:00:55 host logrotate: ALERT exited abnormally with [1]", Error),
        // Stated in the line.
        ("time=2026-01-31T23:29:30Z level=error msg=\"x\"", Error),
        ("msg=\"an error\" error=x level=info", Line),
        ("ts=1117838570.25 lvl=warn msg=error", Warning),
        (r#"{"msg":"no Exception","level":"error"}"#, Error),
        (r#"{"error":"x", "level": "info"}"#, Line),
        (r#"{"severity":"WARNING","message":"error"}"#, Warning),
    ] {
        assert_eq!(severity(line), expected, "{line}");
    }
}

#[test]
fn without_a_level_words_decide() {
    for (line, expected) in [
        ("Jan 31 09:00:55 host kernel: I/O error on sda", Error),
        ("2026-01-31 23:29:30 I/O error on sda", Error),
        ("Jan 31 09:00:55 host kernel: a.out[7]: segfault at 0", Error),
        ("error : could not connect", Error),
        ("error: /etc/x: not there", Error),
        ("Error opening x", Error),
        ("Traceback (most recent call last):", Error),
        ("ValueError: x", Error),
        ("openai.error.RateLimitError: x", Error),
        ("java.lang.NullPointerException: x", Error),
        ("Exception in thread \"main\" java.lang.X", Error),
        ("RuntimeError('CUDA')", Error),
        ("thread 'main' panicked at src/main.rs:2:5:", Error),
        ("panic: runtime error: index out of range", Error),
        ("fatal: not a git repository", Error),
        ("x: DeprecationWarning: y", Warning),
        ("gcc: warning: x", Warning),
        ("temperature 12 1 critical", Error),
        ("temperature 12 1 warning", Warning),
        ("error=timeout", Error),
        ("{\"error\": \"timeout\"}", Error),
        ("error: none of these files exists", Error),
        // A failure, but whose?
        ("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; user=root", Line),
        ("Dec 10 06:55:46 LabSZ sshd[24200]: Failed password for root", Line),
        ("done, no error", Line),
        ("0 errors, 0 warnings", Line),
        ("finished without error", Line),
        ("0 error(s), 3 warning(s)", Line),
        ("error=nil err=null", Line),
        ("{\"error\": null, \"warning\":\"\"}", Line),
        ("error rate 0.1", Line),
        ("reading error.log and /var/log/error", Line),
        ("open /error.html", Line),
        ("--fail-on-error is set", Line),
        ("calling handleError() and on_error", Line),
        ("errors and exceptions", Line),
        ("unmasked FPU exception support", Line),
        ("critical input interrupts", Line),
        ("red alert to all", Line),
        ("terror mirror Erroria", Line),
        ("kernel command line: quiet panic=30", Line),
        ("scheduler com.apple.SecurityAlert.daily", Line),
        ("x fran\u{e7}ais\u{e9}rror \u{e9}error", Line),
    ] {
        assert_eq!(severity(line), expected, "{line}");
    }
}

#[test]
fn of_requests_only_those_that_the_server_failed_are_errors() {
    for (request, expected) in [
        ("\"GET /error.html HTTP/1.1\" 200 512", Line),
        ("\"GET /error HTTP/2\" 404 512 \"-\" \"error panic\"", Line),
        ("\"GET / HTTP/1.0\" 500 -", Error),
        ("\"POST /v1/x HTTP/2.0\" 503", Error),
        ("\"GET / HTTP/1.1\" 5000 1", Line),
        ("\"GET / HTTP/1.1\" 50", Line),
        ("\"GET /?q=%22x%22 HTTP/1.1\" 499 0", Line),
        ("\"-\" 408 0", Line),
    ] {
        let line = format!("10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] {request}");
        assert_eq!(severity(&line), expected, "{line}");
    }
    assert_eq!(severity("INFO:     127.0.0.1:1 - \"GET /error HTTP/1.1\" 500 Internal Server Error"), Error);
    assert_eq!(severity("DEBUG urllib3 https://a:443 \"POST /v1/x HTTP/1.1\" 500 None"), Line);
    let line = "2026/01/31 23:29:30 [warn] 1#0: x, request: \"GET /error HTTP/1.1\", host: \"a\"";
    assert_eq!(severity(line), Warning);
}
