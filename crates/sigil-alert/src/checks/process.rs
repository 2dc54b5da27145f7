//! Memory, processor time and disk traffic of processes: proc(5).

use std::collections::BTreeMap;
use std::fs;

use rustix::param::{clock_ticks_per_second, page_size};
use serde::{Deserialize, Serialize};

use super::tell;
use crate::engine::{Engine, Instances, Who};
use crate::rules::Measure;

/// Processes that are watched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Processes {
    pub(crate) ids: Vec<u32>,
    /// Process groups.
    pub(crate) groups: Vec<u32>,
}

/// What was seen of a process or a group at the last check.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Sample {
    at_us: i64,
    members: BTreeMap<u32, Member>,
    pub(super) instances: Instances,
}

/// A process or group that there is not.
pub(crate) struct Missing {
    pub(crate) name: String,
    /// It was there at the last check: it has ended since.
    pub(crate) has_been_seen: bool,
}

/// One process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Member {
    /// When it was started, in ticks since the machine was: a process of the same number that was started at another time
    /// is another one.
    started: u64,
    /// Processor time in ticks.
    ticks: u64,
    /// Bytes read from and written to disks; none if that is nobody else's business.
    io_bytes: Option<u64>,
    #[serde(skip)]
    resident_bytes: u64,
    #[serde(skip)]
    group: u32,
}

impl Processes {
    pub(crate) fn count(&self) -> usize {
        self.ids.len() + self.groups.len()
    }

    pub(crate) fn are_none(&self) -> bool {
        self.ids.is_empty() && self.groups.is_empty()
    }

    /// Whether something is measured between two checks that only one has been made for.
    pub(super) fn need_two(&self, seen: &BTreeMap<String, Sample>) -> bool {
        self.subjects().any(|(name, _)| !seen.contains_key(&name))
    }

    fn subjects(&self) -> impl Iterator<Item = (String, Which)> {
        let ids = self.ids.iter().map(|id| (format!("process {id}"), Which::One(*id)));
        let groups = self.groups.iter().map(|id| (format!("process group {id}"), Which::Group(*id)));
        ids.chain(groups)
    }

    pub(super) fn check(
        &self,
        seen: &mut BTreeMap<String, Sample>,
        now_us: i64,
        engine: &mut Engine,
    ) -> Vec<Missing> {
        let mut missing = Vec::new();
        let all = if self.groups.is_empty() { BTreeMap::new() } else { every() };
        for (name, which) in self.subjects() {
            let members: BTreeMap<u32, Member> = match which {
                Which::One(id) => member(id).map(|member| (id, member)).into_iter().collect(),
                Which::Group(id) => {
                    all.iter().filter(|(_, one)| one.group == id).map(|(id, one)| (*id, *one)).collect()
                }
            };
            if members.is_empty() {
                let known = seen.remove(&name);
                missing.push(Missing { has_been_seen: known.is_some(), name: name.clone() });
                let who = Who { subject: Some(&name), ..Who::default() };
                known.unwrap_or_default().instances.end(engine, who, now_us, &[]);
                continue;
            }
            let before = seen.entry(name.clone()).or_default();
            before.compare(&name, &members, now_us, engine);
            (before.at_us, before.members) = (now_us, members);
        }
        missing
    }
}

enum Which {
    One(u32),
    Group(u32),
}

impl Sample {
    fn compare(&mut self, name: &str, now: &BTreeMap<u32, Member>, now_us: i64, engine: &mut Engine) {
        let resident: u64 = now.values().map(|member| member.resident_bytes).sum();
        tell(engine, &mut self.instances, (name, Measure::Memory), now_us, resident as f64);
        let seconds = now_us.saturating_sub(self.at_us) as f64 / 1e6;
        if self.members.is_empty() || seconds < 0.1 {
            return;
        }
        let (mut ticks, mut io_bytes) = (0, None);
        for (id, member) in now {
            // What one has done that was not among them is not known before the next look.
            let before = self.members.get(id).filter(|before| before.started == member.started);
            let Some(before) = before else { continue };
            ticks += member.ticks.saturating_sub(before.ticks);
            if let Some(bytes) = member.io_bytes {
                *io_bytes.get_or_insert(0) += bytes.saturating_sub(before.io_bytes.unwrap_or(0));
            }
        }
        let cpu = ticks as f64 / clock_ticks_per_second().max(1) as f64 / seconds * 100.0;
        tell(engine, &mut self.instances, (name, Measure::Cpu), now_us, cpu);
        if let Some(bytes) = io_bytes {
            tell(engine, &mut self.instances, (name, Measure::Io), now_us, bytes as f64 / seconds);
        }
    }
}

/// All processes there are.
fn every() -> BTreeMap<u32, Member> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| Some((id, member(id)?))).collect()
}

/// What `/proc/ID` says; none if there is no such process any more.
fn member(id: u32) -> Option<Member> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may hold anything, parentheses and spaces included; behind the last one are the numbers.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    // Field 3 of proc(5) is the first here.
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    if matches!(fields.first(), Some(&"Z" | &"X")) {
        return None;
    }
    let io = fs::read_to_string(format!("/proc/{id}/io")).ok();
    let io_bytes = io.map(|io| {
        let lines = io.lines().filter_map(|line| line.split_once(": "));
        let bytes = lines.filter(|(key, _)| ["read_bytes", "write_bytes"].contains(key));
        bytes.filter_map(|(_, value)| value.parse::<u64>().ok()).sum()
    });
    Some(Member {
        started: field(22)?,
        ticks: field(14)?.saturating_add(field(15)?),
        io_bytes,
        resident_bytes: field(24)?.saturating_mul(page_size() as u64),
        group: u32::try_from(field(5)?).ok()?,
    })
}
