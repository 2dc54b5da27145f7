//! Stack traces in messages: what makes two of them the same.
//!
//! A trace is known by the type of its exception and by the frames nearest to where that was thrown, without
//! line numbers, which change with every version.

/// How many frames tell traces apart.
const FRAMES: usize = 3;
/// How much of a name is kept, in letters.
const LONGEST: usize = 120;

/// What the stack trace in a message is grouped by, such as `java.io.IOException: Reader.read < Main.run`; none
/// if the message holds none.
pub(crate) fn group(message: &str) -> Option<String> {
    if !message.contains('\n') {
        return None;
    }
    let is_python = message.contains("Traceback (most recent call last)");
    let mut frames = Vec::new();
    let mut before = "";
    for line in message.lines() {
        if let Some(name) = frame(line, before) {
            frames.push(name);
            if frames.len() == FRAMES && !is_python {
                break;
            }
        }
        before = line;
    }
    if is_python {
        // Python writes the innermost frame last.
        frames.reverse();
        frames.truncate(FRAMES);
    }
    let first = frames.first()?;
    let names = frames.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" < ");
    let exception = if is_python { python_exception(message) } else { exception(message) };
    let group = match exception {
        Some(exception) => format!("{exception}: {names}"),
        None if frames.len() == 1 => first.clone(),
        None => names,
    };
    Some(crate::wording::cut(&group, LONGEST * 2))
}

/// The frame that a line tells of; Go writes a function's name on the line before its place.
fn frame(line: &str, before: &str) -> Option<String> {
    let text = line.trim();
    let name = if let Some(rest) = text.strip_prefix("at ") {
        // Java, JavaScript, .NET; Rust puts places below names in the same words.
        let rest = rest.strip_prefix("async ").unwrap_or(rest);
        if before.trim_start().split_once(": ").is_some_and(|(number, _)| is_number(number)) {
            return None;
        }
        if !rest.contains('(') && without_position(rest) == rest {
            return None;
        }
        match rest.split_once('(') {
            Some((name, _)) if !name.trim().is_empty() => name,
            _ => rest.trim_start_matches('('),
        }
    } else if let Some(rest) = text.strip_prefix("File \"") {
        let (file, rest) = rest.split_once('"')?;
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let function = rest.rsplit_once(", in ").map_or("", |(_, function)| function);
        return Some(shortened(if function.is_empty() {
            file.to_owned()
        } else {
            format!("{function} ({file})")
        }));
    } else if let Some((number, name)) = text.split_once(": ")
        && is_number(number)
        && name.contains("::")
    {
        // Rust.
        name
    } else if line.starts_with('\t') && text.contains(".go:") {
        before.trim().rsplit_once('(').map_or(before.trim(), |(name, _)| name)
    } else {
        return None;
    };
    let name = without_position(name.trim());
    let name = name.rsplit(['/', '\\']).next().filter(|_| !name.contains(' ')).unwrap_or(name);
    (!name.is_empty()).then(|| shortened(name.to_owned()))
}

fn shortened(name: String) -> String {
    crate::wording::cut(&crate::wording::normal(&name), LONGEST / 2)
}

/// Without `:12` or `:12:3` at the end.
fn without_position(name: &str) -> &str {
    let mut name = name.trim_end_matches(')');
    while let Some((rest, number)) = name.rsplit_once(':')
        && is_number(number)
    {
        name = rest;
    }
    name
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The type in `java.io.IOException: it failed`, wherever it stands before the frames.
fn exception(message: &str) -> Option<String> {
    let lines = message.lines().take_while(|line| frame(line, "").is_none());
    let mut words =
        lines.flat_map(|line| line.split([' ', '\t', ':', '"', '\'', '(', ')', '[', ']', ',', ';']));
    let is_type = |word: &&str| {
        let name = word.rsplit(['.', '/', '$']).next().unwrap_or(word);
        let ends = ["Exception", "Error", "Fault", "Throwable", "Panic", "Failure"];
        name.starts_with(|letter: char| letter.is_ascii_uppercase())
            && ends.iter().any(|end| name.ends_with(end))
    };
    let found =
        words.clone().find(is_type).or_else(|| words.find(|word| matches!(*word, "panic" | "panicked")));
    found.map(|word| crate::wording::cut(word, LONGEST))
}

/// The type in the line below the last trace of Python.
fn python_exception(message: &str) -> Option<String> {
    let line = message.lines().rev().find(|line| {
        let word = line.split([':', ' ']).next().unwrap_or("");
        word.starts_with(char::is_alphabetic)
            && (line.split_once(':').is_some_and(|(name, _)| !name.contains(' ')) || line.trim_end() == word)
    })?;
    let name = line.split(':').next().unwrap_or(line).trim();
    Some(crate::wording::cut(name, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_of_many_languages_are_grouped_by_exception_and_frames() {
        for (message, expected) in [
            (
                "request 17 failed\njava.lang.NullPointerException: x is null\n\tat com.acme.Store.get(Store.java:17)\n\
                 \tat com.acme.Main.run(Main.java:9)\n\tat a.B.c(Native Method)\n\tat d.E.f(E.java)\n\t... 3 more",
                "java.lang.NullPointerException: com.acme.Store.get < com.acme.Main.run < a.B.c",
            ),
            (
                "boom\nTraceback (most recent call last):\n  File \"/srv/app/main.py\", line 3, in <module>\n    run()\n  \
                 File \"/srv/app/work.py\", line 8, in run\n    raise ValueError(x)\nValueError: bad 12: x",
                "ValueError: run (work.py) < <module> (main.py)",
            ),
            (
                "TypeError: Cannot read properties of undefined\n    at load (/srv/app.js:12:5)\n    at async main (/srv/app.js:2:1)\n    at /srv/x.js:1:2",
                "TypeError: load < main < x.js",
            ),
            (
                "panic: runtime error\n\ngoroutine 1 [running]:\nmain.work(0x12)\n\t/srv/main.go:12 +0x1d\nmain.main()\n\t/srv/main.go:5",
                "panic: main.work < main.main",
            ),
            (
                "thread 'main' panicked at src/main.rs:2:5:\n   0: core::panicking::panic_fmt\n             at /rustc/lib.rs:1\n   1: app::run\n",
                "panicked: core::panicking::panic_fmt < app::run",
            ),
            (
                "System.InvalidOperationException: no\n   at Acme.Store.Get(String id) in C:\\a.cs:line 4",
                "System.InvalidOperationException: Acme.Store.Get",
            ),
        ] {
            assert_eq!(group(message).as_deref(), Some(expected), "{message}");
        }
        for message in ["", "failed at once", "one\ntwo\nthree", "at least\nmore"] {
            assert_eq!(group(message), None, "{message}");
        }
    }
}
