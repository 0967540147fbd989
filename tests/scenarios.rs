//! Every scenario of `tests/scenarios/`, each a test of its own, so that they run side by side.

mod support;

macro_rules! scenarios {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {
        $(
            $(#[$meta])*
            #[tokio::test]
            async fn $name() {
                support::check(concat!("tests/scenarios/", stringify!($name), ".txt")).await;
            }
        )+

        /// A file that nobody plays proves nothing.
        #[test]
        fn every_scenario_is_played() {
            let played = [$(concat!(stringify!($name), ".txt")),+];
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");
            for entry in std::fs::read_dir(folder).expect("the scenarios") {
                let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
                assert!(played.contains(&name.as_str()), "{name} is not played");
            }
        }
    };
}

scenarios! {
    activity,
    approval,
    approval_chased,
    attempting,
    away,
    budget,
    bulk,
    bulk_approval,
    bulk_fill,
    bulk_reminded,
    calendars,
    chain,
    cluster,
    closed_plan,
    daylight,
    clocks_back,
    clocks_forward,
    digest,
    digest_breaches,
    digest_systems,
    drivers,
    drivers_points,
    duplicates,
    engagement_closed,
    engagement_customers,
    engagement_outcomes,
    erase,
    fallbacks,
    guide,
    gone,
    gone_channel,
    left,
    first_contact,
    framework,
    export,
    import,
    import_history,
    import_routed,
    working,
    lists,
    lists_order,
    stages,
    dates_ahead,
    menu,
    merge,
    moves,
    namesakes,
    no_setup,
    nurture,
    one_click,
    own_playbooks,
    opportunity,
    outside,
    pipelines,
    owed_plan,
    permissions,
    quiet_deal,
    quiet_pipelines,
    quiet_hours,
    review,
    rescue,
    routing,
    review_grace,
    rules,
    settings,
    several,
    shares,
    ramp,
    simulate,
    snooze,
    toy,
    tasks,
    attempts,
    five_systems,
    flags,
    undo,
    undo_requests,
    unused,
    upgrade,
    upgrade_ramp,
}
