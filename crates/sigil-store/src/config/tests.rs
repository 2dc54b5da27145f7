//! What a configuration may say, and what is answered when it says something else.

use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use super::*;

/// A home directory, with this configuration in it if there is one.
fn home(config: Option<&str>) -> (TempDir, Environment) {
    let home = tempfile::tempdir().unwrap();
    if let Some(config) = config {
        fs::create_dir(home.path().join(".sigil")).unwrap();
        fs::write(home.path().join(".sigil/config.toml"), config).unwrap();
    }
    let environment = Environment { home: Some(home.path().to_owned()), ..Environment::default() };
    (home, environment)
}

fn load(config: &str) -> Result<Config, Error> {
    let (_home, environment) = home(Some(config));
    Config::load_in(None, &environment)
}

/// The message for a configuration, without the code and the file's name in front.
fn complaint(config: &str) -> String {
    let message = load(config).unwrap_err().to_string();
    assert!(message.starts_with("E010_CONFIG_ERR: "), "{message}");
    message.split_once("config.toml:").unwrap().1.to_owned()
}

fn setting(path: &str, line: usize, value: SettingValue) -> Setting {
    let key = path.rsplit('.').next().unwrap().to_owned();
    Setting { key, path: path.to_owned(), line, value }
}

#[test]
fn everything_that_can_be_said_is_understood() {
    let (home, environment) = home(Some(
        "\u{feff}log_path = \"~/logs\"\n\
         timezone = \"Europe/Berlin\"\n\
         input_timezone = \"utc\"\n\
         color = \"never\"\n\
         [budget]\n\
         session = \"256k\"\n\
         [budget.components]\n\
         routing = 10_000\n\
         \"my tool\" = \"1.5M\"\n\
         [check]\n\
         warn_at = 80\n\
         critical_at = 92.5\n\
         [findings]\n\
         reasoning_tokens = \"20k\"\n\
         memory_latency_ms = 2500\n\
         low_usage_percent = 12.5\n\
         [alert]\n\
         repeat = \"1h\"\n\
         [alert.rules.retries]\n\
         enabled = false\n\
         warning = 1_000\n\
         [prices.\"my-model\"]\n\
         input = 3\n\
         output = 15.5\n\
         cache_read = 0.3\n\
         context_window = \"1M\"\n",
    ));
    let expected = Config {
        file: Some(home.path().join(".sigil/config.toml")),
        log_path: Some(home.path().join("logs")),
        timezone: Some("Europe/Berlin".into()),
        input_timezone: Some("utc".into()),
        color: Some(Color::Never),
        budget: Budget {
            session: Some(256_000),
            components: [("routing".into(), 10_000), ("my tool".into(), 1_500_000)].into(),
        },
        check: Check { warn_at: Some(80.0), critical_at: Some(92.5) },
        findings: Findings {
            reasoning_tokens: Some(20_000),
            memory_latency_ms: Some(2500),
            low_usage_percent: Some(12.5),
            ..Findings::default()
        },
        alert: Alerting {
            settings: vec![setting("alert.repeat", 18, SettingValue::Text("1h".into()))],
            rules: vec![RuleSettings {
                name: "retries".into(),
                line: 19,
                settings: vec![
                    setting("alert.rules.retries.enabled", 20, SettingValue::Bool(false)),
                    setting("alert.rules.retries.warning", 21, SettingValue::Number(1000.0)),
                ],
            }],
        },
        prices: BTreeMap::from([(
            "my-model".to_owned(),
            Price {
                input: Some(3_000_000),
                output: Some(15_500_000),
                cache_read: Some(300_000),
                context_window: Some(1_000_000),
                ..Price::default()
            },
        )]),
    };
    assert_eq!(Config::load_in(None, &environment).unwrap(), expected);
}

#[test]
fn dotted_keys_and_inline_tables_say_the_same() {
    let config = load("budget.session = 5\nbudget.components = { a = 1 }\n").unwrap();
    assert_eq!(config.budget, Budget { session: Some(5), components: [("a".into(), 1)].into() });
}

#[test]
fn no_file_and_an_empty_file_are_the_defaults() {
    let (_home, environment) = home(None);
    assert_eq!(Config::load_in(None, &environment).unwrap(), Config::default());
    assert_eq!(Config::load_in(None, &Environment::default()).unwrap(), Config::default());
    let empty = load("").unwrap();
    assert_eq!(empty, Config { file: empty.file.clone(), ..Config::default() });
}

#[test]
fn a_relative_log_path_is_below_the_file() {
    let (home, environment) = home(Some("log_path = \"logs\""));
    let config = Config::load_in(None, &environment).unwrap();
    assert_eq!(config.log_path, Some(home.path().join(".sigil/logs")));
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_right_one() {
    assert_eq!(
        complaint("# mine\n\n[budjet]\nsession = 1\n"),
        "3: unknown key \"budjet\"; did you mean \"budget\"?"
    );
    assert_eq!(
        complaint("[budget]\nsesion = 1\n"),
        "2: unknown key \"budget.sesion\"; did you mean \"budget.session\"?"
    );
    assert_eq!(
        complaint("[check]\nx = 1\n"),
        "2: unknown key \"check.x\"; expected one of warn_at, critical_at"
    );
    assert_eq!(complaint("color = \"auto\"\nz = 1\ny = 2\n").split(';').next(), Some("2: unknown key \"z\""));
    assert_eq!(complaint("\"a\\u001Bb\" = 1").split(';').next(), Some("1: unknown key \"a\\x1bb\""));
}

#[test]
fn a_wrong_type_is_named() {
    assert_eq!(complaint("timezone = 1"), "1: timezone: expected a string, found an integer");
    assert_eq!(complaint("budget = 5"), "1: budget: expected a table, found an integer");
    assert_eq!(
        complaint("[budget]\nsession = 2.5"),
        "2: budget.session: expected a number of tokens, such as 256000 or \"256k\", found a float"
    );
    assert_eq!(
        complaint("[check]\nwarn_at = \"80%\""),
        "2: check.warn_at: expected a number of percent, such as 80, found a string"
    );
}

#[test]
fn a_wrong_value_is_named() {
    let tokens = "is not a number of tokens; write 256000, 256k or 1.5M";
    assert_eq!(complaint("[budget]\n\nsession = \"12x\""), format!("3: budget.session: \"12x\" {tokens}"));
    assert_eq!(
        complaint("[budget.components]\nrouting = -5"),
        format!("2: budget.components.routing: \"-5\" {tokens}")
    );
    assert_eq!(
        complaint("[check]\nwarn_at = nan"),
        "2: check.warn_at: \"nan\" is not a percentage; write a number from 0"
    );
    assert_eq!(
        complaint("[check]\nwarn_at = 90\ncritical_at = 80"),
        "1: check: critical_at \"80\" is below warn_at \"90\""
    );
    assert_eq!(
        complaint("color = \"allways\""),
        "1: color: \"allways\" is not known; did you mean \"always\"?"
    );
    assert_eq!(
        complaint("color = \"blue\""),
        "1: color: \"blue\" is not known; expected one of auto, always, never"
    );
    assert_eq!(
        complaint("[prices.x]\ninput = -0.5"),
        "2: prices.x.input: \"-0.5\" is not a price; write USD per million tokens, 0 to a million"
    );
    assert_eq!(
        complaint("[prices.\"a/b.c\"]\n\noutput = \"3\""),
        "3: prices.a/b.c.output: expected a price in USD per million tokens, such as 3 or 0.25, found a string"
    );
    assert_eq!(
        complaint("prices.x.inptu = 1"),
        "1: unknown key \"prices.x.inptu\"; did you mean \"prices.x.input\"?"
    );
    assert_eq!(complaint("[prices]\nx = 1"), "2: prices.x: expected a table, found an integer");
    assert_eq!(complaint("log_path = \"\""), "1: log_path: is empty; leave the key out for the default");
}

#[test]
fn what_is_no_toml_is_said_with_its_line() {
    assert_eq!(complaint("color = \"auto\"\nbudget\n"), "2: key with no value, expected `=`");
    assert_eq!(
        complaint("color = \"auto\"\ncolor = auto\n"),
        "2: string values must be quoted, expected literal string"
    );
    assert_eq!(complaint("[check]\n[budget]\n[check]\n"), "3: duplicate key \"check\"");
}

#[test]
fn text_that_is_not_utf_8_is_said_with_its_line() {
    let (home, environment) = home(None);
    let file = home.path().join("own.toml");
    fs::write(&file, b"# fine\ncolor = \"\xff\"\n").unwrap();
    let message = Config::load_in(Some(&file), &environment).unwrap_err().to_string();
    assert!(message.ends_with("own.toml:2: not valid UTF-8"), "{message}");
}

#[test]
fn an_explicit_file_wins_over_the_variable_and_both_must_exist() {
    let (home, mut environment) = home(Some("timezone = \"default\""));
    let [explicit, variable] = ["explicit", "variable"].map(|name| {
        let file = home.path().join(name);
        fs::write(&file, format!("timezone = \"{name}\"")).unwrap();
        file
    });
    let zone = |explicit: Option<&Path>, environment: &Environment| {
        Config::load_in(explicit, environment).map(|config| config.timezone.unwrap())
    };
    assert_eq!(zone(None, &environment).unwrap(), "default");
    environment.config = Some("".into());
    assert_eq!(zone(None, &environment).unwrap(), "default");
    environment.config = Some(variable.into());
    assert_eq!(zone(None, &environment).unwrap(), "variable");
    assert_eq!(zone(Some(&explicit), &environment).unwrap(), "explicit");
    environment.config = Some("/nowhere/sigil.toml".into());
    assert_eq!(
        zone(None, &environment).unwrap_err().to_string(),
        "E010_CONFIG_ERR: cannot read config file /nowhere/sigil.toml: no such file or directory"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_a_configuration_error() {
    let (home, environment) = home(Some(""));
    let message = Config::load_in(Some(home.path()), &environment).unwrap_err().to_string();
    assert!(message.starts_with("E010_CONFIG_ERR: cannot read config file "), "{message}");
    assert!(message.ends_with(": is a directory"), "{message}");

    let file = home.path().join(".sigil/config.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything.
    if let Err(error) = Config::load_in(None, &environment) {
        assert!(error.to_string().ends_with(": permission denied"), "{error}");
    }
}

#[test]
fn what_is_much_is_a_whole_number() {
    let wrong = |value: &str| complaint(&format!("[findings]\nretries = {value}\n"));
    assert_eq!(wrong("-1"), "2: findings.retries: \"-1\" is not a whole number from 0");
    assert_eq!(wrong("2.5"), "2: findings.retries: \"2.5\" is not a whole number from 0");
    assert_eq!(wrong("true"), "2: findings.retries: expected a whole number, such as 5000, found a boolean");
    assert_eq!(
        complaint("[findings]\nretrys = 3\n"),
        "2: unknown key \"findings.retrys\"; did you mean \"findings.retries\"?"
    );
}
