//! Moving the domain's clock.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Datelike, Days, Duration, NaiveTime, TimeZone, Utc};
use serde_json::{Value, json};

use super::{Answer, App};
use crate::playground::interact::Refusal;

/// Longest move at once, so that a slip of the hand does not run a century of timers.
const MOST: Duration = Duration::days(400);

pub async fn advance(State(shared): App, Json(body): Json<Value>) -> Answer {
    let Some(control) = shared.config.time.clone() else {
        return Refusal::because("The clock of this server cannot be moved.");
    };
    let now = shared.now();
    let to = if let Some(hours) = body["hours"].as_f64().filter(|h| (0.0..=10_000.0).contains(h)) {
        now + Duration::seconds((hours * 3600.0) as i64)
    } else if let Some(days) = body["days"].as_i64().filter(|d| (0..=400).contains(d)) {
        now + Duration::days(days)
    } else if body["next_monday"] == true {
        next_monday(now, shared.config.zone)
    } else if let Some(to) = body["to"].as_str().and_then(|t| t.parse::<DateTime<Utc>>().ok()) {
        to
    } else {
        return Refusal::because("Say how far: {hours}, {days}, {to} or {next_monday: true}.");
    };
    if to < now || to - now > MOST {
        return Refusal::because("The clock moves forward only, by 400 days at most.");
    }
    control.advance(to).await.map_err(Refusal)?;
    shared.change(|_| ());
    Ok(Json(json!({"now": shared.now()})))
}

/// 9:00 on the next Monday that is still to come, in the team's zone.
fn next_monday(now: DateTime<Utc>, zone: chrono_tz::Tz) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let days = 7 - u64::from(today.weekday().num_days_from_monday());
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    let day = today.checked_add_days(Days::new(days)).unwrap_or(today);
    zone.from_local_datetime(&day.and_time(nine)).earliest().map_or(now, |t| t.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::next_monday;

    #[test]
    fn next_monday_is_nine_in_the_teams_zone() {
        let at = |s: &str| s.parse::<DateTime<Utc>>().unwrap_or_default();
        let zone = chrono_tz::Asia::Kuala_Lumpur;
        assert_eq!(next_monday(at("2026-03-04T10:00:00Z"), zone), at("2026-03-09T01:00:00Z"));
        assert_eq!(next_monday(at("2026-03-09T01:00:00Z"), zone), at("2026-03-16T01:00:00Z"));
    }
}
