//! The playground against a real serenity client, and against bare HTTP and WebSocket where a client would
//! hide what is to be seen. No test sleeps; windows are shortened by configuration or ended by a hook.

use std::sync::Arc;
use std::time::Duration;

use bellwether::playground::{Chances, Config, DmPolicy, Fault, Got, Handle, Key, Outcome, Rule, Server};
use chrono::{DateTime, Utc};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use serenity::all::*;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;

const SOON: Duration = Duration::from_secs(10);

fn config() -> Config {
    let at: DateTime<Utc> = "2026-03-02T09:00:00Z".parse().expect("a time");
    Config::new("secret-token", Arc::new(move || at))
}

async fn start() -> Handle {
    Server::start(config()).await.expect("a free port")
}

// ---- a tiny bot on serenity --------------------------------------------------------------------------

struct Echo;

fn text_of<'a>(command: &'a CommandInteraction, name: &str) -> &'a str {
    let found = command.data.options().into_iter().find_map(|o| match (o.name == name, o.value) {
        (true, ResolvedValue::String(s)) => Some(s),
        _ => None,
    });
    found.unwrap_or_default()
}

fn say(text: impl Into<String>) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new().content(text)
}

#[async_trait]
impl EventHandler for Echo {
    async fn guild_create(&self, ctx: Context, guild: Guild, _: Option<bool>) {
        let text = CreateCommandOption::new(CommandOptionType::String, "text", "What to say").required(true);
        let mode = CreateCommandOption::new(CommandOptionType::String, "mode", "How").set_autocomplete(true);
        let owner = CreateCommandOption::new(CommandOptionType::User, "owner", "Whose");
        let run = CreateCommandOption::new(CommandOptionType::SubCommand, "run", "Runs")
            .add_sub_option(CreateCommandOption::new(CommandOptionType::Integer, "times", "How often"))
            .add_sub_option(CreateCommandOption::new(CommandOptionType::Attachment, "file", "A file"))
            .add_sub_option(CreateCommandOption::new(CommandOptionType::Channel, "where", "Where"))
            .add_sub_option(CreateCommandOption::new(CommandOptionType::Role, "role", "Role"));
        let commands = vec![
            CreateCommand::new("echo")
                .description("Says it back")
                .add_option(text)
                .add_option(mode)
                .add_option(owner),
            CreateCommand::new("deep").description("Nests").add_option(run),
            CreateCommand::new("Create lead").kind(CommandType::Message),
        ];
        guild.id.set_commands(&ctx.http, commands).await.expect("registered");
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        let done = match &interaction {
            Interaction::Command(c) => command(&ctx, c).await,
            Interaction::Autocomplete(c) => {
                let typed = c.data.autocomplete().expect("something is focused").value;
                let answer = CreateAutocompleteResponse::new().add_string_choice(format!("{typed}!"), typed);
                c.create_response(&ctx, CreateInteractionResponse::Autocomplete(answer)).await
            }
            Interaction::Component(c) => component(&ctx, c).await,
            Interaction::Modal(m) => {
                let ActionRowComponent::InputText(input) = &m.data.components[0].components[0] else {
                    panic!("a text input")
                };
                let value = input.value.clone().unwrap_or_default();
                m.create_response(&ctx, CreateInteractionResponse::Message(say(format!("because {value}"))))
                    .await
            }
            _ => Ok(()),
        };
        done.expect("the answer is taken");
    }
}

async fn command(ctx: &Context, c: &CommandInteraction) -> Result<()> {
    assert!(c.member.as_ref().is_none_or(|m| m.permissions.is_some()));
    match (c.data.name.as_str(), text_of(c, "mode")) {
        ("deep", _) => {
            let seen = format!("{:?}", c.data.options()[0].value);
            c.create_response(ctx, CreateInteractionResponse::Message(say(seen))).await
        }
        ("Create lead", _) => {
            let message = c.data.resolved.messages.values().next().expect("the target");
            c.create_response(
                ctx,
                CreateInteractionResponse::Message(say(format!("from {}", message.content))),
            )
            .await
        }
        (_, "silent") => Ok(()),
        (_, "defer") => {
            c.defer_ephemeral(ctx).await?;
            c.edit_response(ctx, EditInteractionResponse::new().content("done")).await.map(drop)
        }
        (_, "card") => {
            let row = CreateActionRow::Buttons(vec![
                CreateButton::new("v1:change").label("Change"),
                CreateButton::new("v1:ask").label("Ask").style(ButtonStyle::Danger),
                CreateButton::new("v1:off").label("Off").disabled(true),
            ]);
            let options = vec![CreateSelectMenuOption::new("Two", "2").description("the second")];
            let menu = CreateSelectMenu::new("v1:menu", CreateSelectMenuKind::String { options });
            let people = CreateSelectMenu::new("v1:who", CreateSelectMenuKind::User { default_users: None });
            let rows = vec![row, CreateActionRow::SelectMenu(menu), CreateActionRow::SelectMenu(people)];
            let card = say(text_of(c, "text")).components(rows).embed(CreateEmbed::new().title("Card"));
            c.create_response(ctx, CreateInteractionResponse::Message(card)).await
        }
        (_, "private") => {
            c.create_response(ctx, CreateInteractionResponse::Message(say("psst").ephemeral(true))).await?;
            let file = CreateAttachment::bytes(b"a,b\n".as_slice(), "rows.csv");
            let more = CreateInteractionResponseFollowup::new().content("more").add_file(file);
            c.create_followup(ctx, more).await.map(drop)
        }
        _ => c.create_response(ctx, CreateInteractionResponse::Message(say(text_of(c, "text")))).await,
    }
}

async fn component(ctx: &Context, c: &ComponentInteraction) -> Result<()> {
    let text = match &c.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => format!("chose {}", values[0]),
        ComponentInteractionDataKind::UserSelect { values } => {
            format!("chose {}", c.data.resolved.users[&values[0]].name)
        }
        _ if c.data.custom_id == "v1:ask" => {
            let input = CreateInputText::new(InputTextStyle::Short, "Why", "why").max_length(20);
            let modal =
                CreateModal::new("v1:why", "A reason").components(vec![CreateActionRow::InputText(input)]);
            return c.create_response(ctx, CreateInteractionResponse::Modal(modal)).await;
        }
        _ => "changed".to_owned(),
    };
    let update = say(text).components(vec![]);
    c.create_response(ctx, CreateInteractionResponse::UpdateMessage(update)).await
}

/// A server with the bot on it, commands registered. The task ends with the test's runtime.
async fn with_bot(config: Config) -> Handle {
    let handle = Server::start(config).await.expect("a free port");
    let http = HttpBuilder::new(handle.token()).proxy(handle.api_url()).ratelimiter_disabled(true).build();
    let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES;
    let mut client = ClientBuilder::new_with_http(http, intents).event_handler(Echo).await.expect("a client");
    tokio::spawn(async move { client.start().await });
    assert!(handle.gateway_connected(SOON).await, "serenity connects");
    assert!(handle.commands_registered(SOON).await, "serenity registers");
    handle
}

fn shown(outcome: Result<Outcome, bellwether::playground::Refusal>) -> String {
    let outcome = outcome.expect("the page would send it");
    assert!(outcome.message().is_some(), "a message, not {:?}", outcome.got);
    outcome.text()
}

#[tokio::test]
async fn serenity_answers_commands_buttons_menus_modals_and_suggestions() {
    let bot = with_bot(config()).await;
    assert_eq!(shown(bot.type_command("ana", "leads", "/echo text:hello there").await), "hello there");

    let hints = bot.autocomplete("ana", "leads", "/echo", json!({"text": "x", "mode": "ca"}), "mode").await;
    let Got::Choices(choices) = hints.expect("sent").got else { panic!("suggestions") };
    assert_eq!(choices[0]["name"], "ca!");

    let card =
        bot.type_command("ana", "leads", r#"/echo text:"a card" mode:card owner:@ben"#).await.expect("sent");
    let card = card.message().expect("a card").clone();
    assert_eq!(card.button("Change"), Some("v1:change"));
    assert!(bot.press("ana", card.id, "v1:off").await.is_err(), "disabled");
    let asked = bot.press("ben", card.id, "v1:ask").await.expect("sent");
    let modal = asked.modal().expect("a dialog").clone();
    assert_eq!((modal.title.as_str(), modal.inputs[0]["label"].as_str()), ("A reason", Some("Why")));
    assert!(bot.submit("ben", modal.interaction, json!({})).await.is_err(), "required");
    assert!(bot.submit("ben", modal.interaction, json!({"why": "x".repeat(21)})).await.is_err(), "too long");
    assert_eq!(shown(bot.submit("ben", modal.interaction, json!({"why": "no"})).await), "because no");

    assert!(bot.select("ana", card.id, "v1:menu", &["Three"]).await.is_err(), "not offered");
    let chosen = bot.select("ana", card.id, "v1:who", &["ben"]).await.expect("sent");
    assert!(matches!(&chosen.got, Got::Updated(m) if m.content == "chose ben" && m.components.is_empty()));
    assert!(bot.press("ana", card.id, "v1:change").await.is_err(), "the button is gone");
    let forged = bot.press_forged("ana", card.id, "v1:change").await.expect("sent all the same");
    assert!(matches!(&forged.got, Got::Updated(m) if m.content == "changed"));
    assert_eq!(bot.requests().iter().filter(|r| r.status >= 400).count(), 0);
    let sent: Vec<(u8, String)> = bot.interactions().into_iter().map(|i| (i.kind, i.name)).collect();
    assert_eq!(sent[..4], [(2, "echo".into()), (4, "echo".into()), (2, "echo".into()), (3, "v1:ask".into())]);
}

#[tokio::test]
async fn serenity_reads_nested_options_files_and_message_commands() {
    let bot = with_bot(config()).await;
    let file = bot.upload("leads.csv", "text/csv", b"name\n".to_vec());
    let line = format!("/deep run times:3 file:{file} where:#alerts role:@manager");
    let seen = shown(bot.type_command("mia", "general", &line).await);
    for part in ["Integer(3)", "leads.csv", "alerts", "manager"] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
    let said = bot.say("ben", "general", "call Acme").expect("said");
    assert_eq!(shown(bot.message_command("ana", said, "Create lead").await), "from call Acme");
    assert!(bot.type_command("ana", "general", "/deep").await.is_err());
    assert!(bot.type_command("ana", "general", "/deep run times:many").await.is_err());
    assert!(bot.type_command("ana", "general", "/nothing").await.is_err());
    assert!(bot.type_command("ana", "general", "/echo").await.is_err(), "required");
}

#[tokio::test]
async fn buttons_work_in_direct_messages() {
    let bot = with_bot(config()).await;
    let rest = Rest::new(&bot);
    let ana = bot.user("ana").expect("a person").to_string();
    let (_, dm) = rest.post("users/@me/channels", &json!({"recipient_id": ana})).await;
    let button =
        json!([{"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "v1:go"}]}]);
    let path = format!("channels/{}/messages", dm["id"].as_str().expect("an id"));
    rest.post(&path, &json!({"content": "due", "components": button})).await;
    let nudge = bot.visible_to("ana", "@ana").pop().expect("a nudge");
    let outcome = bot.press("ana", nudge.id, "v1:go").await.expect("sent");
    assert!(matches!(&outcome.got, Got::Updated(m) if m.content == "changed"));
    assert!(bot.press("ben", nudge.id, "v1:go").await.is_err(), "not ben's conversation");
    assert!(bot.type_command("ana", "@ana", "/echo text:x").await.is_err(), "a guild's command");
}

#[tokio::test]
async fn ephemeral_answers_are_for_one_person_and_out_of_the_channels_reach() {
    let bot = with_bot(config()).await;
    let private = bot.type_command("ana", "leads", "/echo text:x mode:private").await.expect("sent");
    let private = private.message().expect("a message").clone();
    assert!(private.is_ephemeral());
    let more = bot.wait_for(SOON, |w| w.messages("leads").get(1).map(|m| m.attachments[0].url.clone())).await;
    let file = reqwest::get(more.expect("the follow-up")).await.expect("served").text().await.expect("text");
    assert_eq!(file, "a,b\n");
    assert_eq!(bot.visible_to("ana", "leads").len(), 2);
    assert_eq!(bot.visible_to("ben", "leads").len(), 1);
    let leads = bot.channel("leads").expect("a channel");
    let rest = Rest::new(&bot);
    let (status, list) = rest.get(&format!("channels/{leads}/messages")).await;
    assert_eq!((status, list.as_array().map(Vec::len)), (200, Some(1)));
    let (status, body) = rest.get(&format!("channels/{leads}/messages/{}", private.id)).await;
    assert_eq!((status, &body["code"]), (404, &json!(10008)));
    assert!(bot.press("ben", private.id, "x").await.is_err(), "ben does not see it");

    let deferred = bot.type_command("ana", "leads", "/echo text:x mode:defer").await.expect("sent");
    let Got::Deferred { message, ephemeral: true } = deferred.got else { panic!("{:?}", deferred.got) };
    let filled = bot.filled(message, SOON).await.expect("filled");
    assert_eq!((filled.content.as_str(), filled.edited), ("done", None));
}

#[tokio::test]
async fn an_interaction_without_an_answer_fails_and_takes_none_later() {
    let mut config = config();
    config.limits.answer_within = Duration::from_millis(100);
    let bot = with_bot(config).await;
    let silent = bot.type_command("ana", "leads", "/echo text:x mode:silent").await.expect("sent");
    assert!(matches!(silent.got, Got::NoAnswer));
    let (id, token) = (silent.interaction, interaction_token(&bot, silent.interaction));
    let rest = Rest::new(&bot);
    let late = json!({"type": 4, "data": {"content": "late"}});
    let (status, body) = rest.post(&format!("interactions/{id}/{token}/callback"), &late).await;
    assert_eq!((status, &body["code"]), (404, &json!(10062)));
}

#[tokio::test]
async fn interactions_missed_while_away_are_replayed_and_duplicates_arrive() {
    let bot = with_bot(config()).await;
    bot.drop_gateway();
    assert_eq!(shown(bot.type_command("ana", "leads", "/echo text:missed").await), "missed");
    let (identified, _, resumes) = bot.sessions();
    assert_eq!((identified, resumes), (1, 1));
    bot.ask_reconnect();
    assert_eq!(shown(bot.type_command("ana", "leads", "/echo text:again").await), "again");
}

// ---- bare HTTP ---------------------------------------------------------------------------------------

struct Rest {
    base: String,
    client: reqwest::Client,
}

impl Rest {
    fn new(handle: &Handle) -> Self {
        Self { base: handle.api_url(), client: reqwest::Client::new() }
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> reqwest::Result<(u16, Value)> {
        let method = method.parse().expect("a method");
        let mut request = self.client.request(method, format!("{}/api/v10/{path}", self.base));
        request = request.header("authorization", "Bot secret-token");
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        assert!(response.headers().contains_key("x-ratelimit-limit") || status == 502);
        Ok((status, response.json().await.unwrap_or(Value::Null)))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send("GET", path, None).await.expect("an answer")
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send("POST", path, Some(body)).await.expect("an answer")
    }
}

/// The token as the bot got it: from a session's replay, by a gateway client of its own.
fn interaction_token(handle: &Handle, id: u64) -> String {
    handle.read(|w| w.interaction_token(id).map(str::to_owned)).expect("known")
}

#[tokio::test]
async fn only_the_bots_token_opens_the_api_and_unknown_routes_say_so() {
    let server = start().await;
    let url = format!("{}/api/v10/users/@me", server.api_url());
    let refused = reqwest::get(&url).await.expect("an answer");
    assert_eq!(refused.status(), 401);
    let rest = Rest::new(&server);
    assert_eq!(rest.get("users/@me").await.1["bot"], true);
    let (status, body) = rest.get("voice/regions").await;
    assert_eq!((status, &body["code"]), (404, &json!(0)));
    let (status, gateway) = rest.get("gateway/bot").await;
    assert_eq!((status, &gateway["url"]), (200, &json!(server.gateway_url())));
    let (_, application) = rest.get("oauth2/applications/@me").await;
    assert_eq!(application["id"], server.bot().to_string());
}

#[tokio::test]
async fn a_repeated_nonce_gives_the_first_message() {
    let server = start().await;
    let rest = Rest::new(&server);
    let path = format!("channels/{}/messages", server.channel("alerts").expect("a channel"));
    let body = json!({"content": "once", "nonce": "o-17", "enforce_nonce": true});
    let (_, first) = rest.post(&path, &body).await;
    let (_, second) = rest.post(&path, &body).await;
    assert_eq!(first["id"], second["id"]);
    server.expire_nonces();
    let (_, third) = rest.post(&path, &body).await;
    assert_ne!(first["id"], third["id"]);
    assert_eq!(server.messages("alerts").len(), 2);
}

#[tokio::test]
async fn mentions_ping_only_whom_allowed_mentions_allows_and_edits_ping_nobody() {
    let server = start().await;
    let rest = Rest::new(&server);
    let path = format!("channels/{}/messages", server.channel("alerts").expect("a channel"));
    let id = |name: &str| server.user(name).expect("a person");
    let (ana, ben) = (id("ana"), id("ben"));
    let content = format!("<@{ana}> <@{ben}> @everyone `<@{ana}>`");
    for (allowed, pinged) in [
        (json!({"parse": []}), vec![]),
        (json!({"parse": [], "users": [ana.to_string()]}), vec![ana]),
        (json!({"parse": ["users"]}), vec![ana, ben]),
        (Value::Null, vec![ana, ben, id("mia")]),
    ] {
        let mut body = json!({"content": content});
        if !allowed.is_null() {
            body["allowed_mentions"] = allowed;
        }
        let (status, posted) = rest.post(&path, &body).await;
        assert_eq!(status, 200, "{posted}");
        let posted: u64 = posted["id"].as_str().and_then(|s| s.parse().ok()).expect("an id");
        assert_eq!(server.message(posted).expect("posted").pinged, pinged);
        let edit = json!({"content": format!("<@{ana}> now"), "allowed_mentions": {"parse": ["users"]}});
        rest.send("PATCH", &format!("{path}/{posted}"), Some(&edit)).await.expect("edited");
        let edited = server.message(posted).expect("edited");
        assert_eq!((edited.pinged, edited.edits), (pinged, 1));
    }
}

#[tokio::test]
async fn threads_direct_messages_and_what_is_gone() {
    let mut config = config();
    config.limits.active_threads = 1;
    config.people[1].dm = DmPolicy::RefuseSend;
    config.people[2].dm = DmPolicy::RefuseOpen;
    let server = Server::start(config).await.expect("a port");
    let rest = Rest::new(&server);
    let channel = server.channel("leads").expect("a channel");
    let (_, posted) = rest.post(&format!("channels/{channel}/messages"), &json!({"content": "card"})).await;
    let message = posted["id"].as_str().expect("an id").to_owned();
    let path = format!("channels/{channel}/messages/{message}/threads");
    let (status, thread) = rest.post(&path, &json!({"name": "History"})).await;
    assert_eq!((status, &thread["id"]), (201, &json!(message)));
    assert_eq!(rest.post(&path, &json!({"name": "History"})).await.1["code"], 160_004);
    let other = format!("channels/{channel}/threads");
    let open = json!({"name": "More", "type": 11});
    assert_eq!(rest.post(&other, &open).await.1["code"], 160_006);
    let archive = json!({"archived": true});
    rest.send("PATCH", &format!("channels/{message}"), Some(&archive)).await.expect("archived");
    assert_eq!(rest.post(&other, &open).await.0, 201);
    rest.post(&format!("channels/{message}/messages"), &json!({"content": "wakes"})).await;
    assert!(
        !rest.get(&format!("channels/{message}")).await.1["thread_metadata"]["archived"]
            .as_bool()
            .expect("told")
    );

    for (name, opens, sends) in [("ana", 200, 200), ("ben", 200, 403), ("mia", 403, 0)] {
        let person = server.user(name).expect("a person").to_string();
        let (status, dm) = rest.post("users/@me/channels", &json!({"recipient_id": person})).await;
        assert_eq!(status, opens);
        if let Some(dm) = dm["id"].as_str() {
            let (status, body) =
                rest.post(&format!("channels/{dm}/messages"), &json!({"content": "hi"})).await;
            assert_eq!(status, sends);
            assert!(status == 200 || body["code"] == 50007);
        }
    }
    server.set_bot_access("alerts", false);
    let alerts = server.channel("alerts").expect("a channel");
    assert_eq!(rest.get(&format!("channels/{alerts}/messages")).await.1["code"], 50001);
    server.delete_channel("leads");
    assert_eq!(rest.get(&format!("channels/{channel}/messages")).await.1["code"], 10003);
}

#[tokio::test]
async fn messages_are_listed_newest_first_from_where_asked() {
    let server = start().await;
    let rest = Rest::new(&server);
    let path = format!("channels/{}/messages", server.channel("digest").expect("a channel"));
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(rest.post(&path, &json!({"content": format!("{n}")})).await.1["id"].clone());
    }
    let text = |list: &Value| -> String {
        list.as_array().expect("a list").iter().filter_map(|m| m["content"].as_str()).collect()
    };
    let at = |n: usize| ids[n].as_str().expect("an id");
    assert_eq!(text(&rest.get(&format!("{path}?limit=2")).await.1), "43");
    assert_eq!(text(&rest.get(&format!("{path}?&after={}&limit=2", at(1))).await.1), "32");
    assert_eq!(text(&rest.get(&format!("{path}?before={}&limit=2", at(3))).await.1), "21");
    assert_eq!(text(&rest.get(&format!("{path}?around={}&limit=3", at(2))).await.1), "321");
    assert_eq!(rest.get(&format!("{path}?limit=101")).await.1["code"], 50035);
}

#[tokio::test]
async fn faults_come_on_order_and_a_lost_answer_took_effect() {
    let server = start().await;
    let rest = Rest::new(&server);
    let path = format!("channels/{}/messages", server.channel("alerts").expect("a channel"));
    let post = |text: &str| json!({"content": text});
    server.fault(Rule::once("POST /channels/{channel_id}/messages", Fault::LostAnswer));
    assert!(rest.send("POST", &path, Some(&post("lost"))).await.is_err(), "no byte of answer");
    server.fault(Rule::once("POST /channels", Fault::LostAnswer502));
    assert_eq!(rest.send("POST", &path, Some(&post("lost 502"))).await.expect("an answer").0, 502);
    server.fault(Rule::once("POST", Fault::Refused));
    assert!(rest.send("POST", &path, Some(&post("refused"))).await.is_err());
    server.fault(Rule::once("", Fault::Status(503)));
    assert_eq!(rest.post(&path, &post("503")).await.0, 503);
    server.fault(Rule::once("", Fault::RateLimited { retry_after: 0.05, global: true }));
    let (status, body) = rest.post(&path, &post("429")).await;
    assert_eq!((status, &body["global"]), (429, &json!(true)));
    assert_eq!(rest.get("users/@me").await.0, 429, "a global limit holds other routes");
    server.no_faults();
    let texts: Vec<String> = server.messages("alerts").into_iter().map(|m| m.content).collect();
    assert_eq!(texts, ["lost", "lost 502"]);
    assert_eq!(server.injected(), 5);
    let seen: Vec<u16> = server.requests().iter().take(4).map(|r| r.status).collect();
    assert_eq!(seen, [0, 502, 0, 503]);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_faults() {
    let run = || async {
        let server = start().await;
        let chances = Chances { server_error: 0.3, lost_answer: 0.2, ..Chances::default() };
        server.chances(42, chances);
        let rest = Rest::new(&server);
        for _ in 0..30 {
            let _ = rest.send("GET", "gateway", None).await;
        }
        server.requests().iter().map(|r| r.status).collect::<Vec<_>>()
    };
    let (one, two) = (run().await, run().await);
    assert_eq!(one, two);
    assert!(one.iter().any(|s| *s >= 500) && one.contains(&0) && one.contains(&200));
}

#[tokio::test]
async fn buckets_hold_a_channel_and_violations_are_counted() {
    let mut config = config();
    config.limits.enforce_rate_limits = true;
    config.limits.global_per_second = 8;
    let server = Server::start(config).await.expect("a port");
    let rest = Rest::new(&server);
    let path = format!("channels/{}/messages", server.channel("alerts").expect("a channel"));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(rest.post(&path, &json!({"content": "x"})).await.0);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    assert!(server.violations().is_empty());
    for _ in 0..10 {
        rest.get("users/@me").await;
    }
    assert!(!server.violations().is_empty());
    assert!(server.invalid_requests() >= 2);
}

// ---- bare gateway ------------------------------------------------------------------------------------

struct Socket(WebSocketStream<tokio::net::TcpStream>);

impl Socket {
    async fn open(handle: &Handle) -> Self {
        let url = handle.gateway_url();
        let stream =
            tokio::net::TcpStream::connect(url.trim_start_matches("ws://")).await.expect("connected");
        let (socket, _) = tokio_tungstenite::client_async(format!("{url}/?v=10&encoding=json"), stream)
            .await
            .expect("opened");
        let mut socket = Self(socket);
        assert_eq!(socket.next().await["op"], 10);
        socket
    }

    async fn identified(handle: &Handle) -> (Self, String) {
        let mut socket = Self::open(handle).await;
        let d = json!({"token": "secret-token", "intents": 1, "shard": [0, 1], "properties": {}});
        socket.send(json!({"op": 2, "d": d})).await;
        let ready = socket.next().await;
        assert_eq!(socket.next().await["t"], "GUILD_CREATE");
        (socket, ready["d"]["session_id"].as_str().expect("a session").to_owned())
    }

    async fn send(&mut self, payload: Value) {
        self.0.send(Frame::Text(payload.to_string())).await.expect("sent");
    }

    async fn next(&mut self) -> Value {
        match self.0.next().await {
            Some(Ok(Frame::Text(text))) => serde_json::from_str(&text).expect("JSON"),
            Some(Ok(Frame::Close(frame))) => json!({"close": frame.map(|f| u16::from(f.code))}),
            _ => json!({"close": null}),
        }
    }
}

#[tokio::test]
async fn serenity_reads_every_kind_of_event() {
    let server = start().await;
    let rest = Rest::new(&server);
    let mut socket = Socket::open(&server).await;
    let intents = 1 | 1 << 9 | 1 << 12 | 1 << 15;
    socket.send(json!({"op": 2, "d": {"token": "secret-token", "intents": intents, "properties": {}}})).await;
    let channel = server.channel("leads").expect("a channel");
    let guild = server.guild(0).expect("a guild").to_string();
    assert!(server.gateway_connected(SOON).await);
    server.say("ana", "leads", "hello").expect("said");
    let messages = format!("channels/{channel}/messages");
    let (_, posted) = rest.post(&messages, &json!({"content": "card"})).await;
    let message = posted["id"].as_str().expect("an id").to_owned();
    let one = format!("{messages}/{message}");
    rest.send("PATCH", &one, Some(&json!({"content": "new card"}))).await.expect("edited");
    rest.post(&format!("{one}/threads"), &json!({"name": "History"})).await;
    rest.send("PATCH", &format!("channels/{message}"), Some(&json!({"archived": true})))
        .await
        .expect("archived");
    rest.send("DELETE", &one, None).await.expect("deleted");
    rest.send("PATCH", &format!("channels/{channel}"), Some(&json!({"topic": "t"}))).await.expect("changed");
    server.delete_channel("leads");
    socket.send(json!({"op": 8, "d": {"guild_id": guild, "query": "", "limit": 0}})).await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|t| t != "GUILD_MEMBERS_CHUNK") {
        let payload = socket.next().await;
        let name = payload["t"].as_str().expect("an event").to_owned();
        match serde_json::from_value::<GatewayEvent>(payload.clone()) {
            Ok(GatewayEvent::Dispatch(_, Event::Unknown(_))) => panic!("unknown: {payload}"),
            Ok(GatewayEvent::Dispatch(..)) => seen.push(name),
            other => panic!("{other:?} for {payload}"),
        }
    }
    let expected = "READY GUILD_CREATE MESSAGE_CREATE MESSAGE_CREATE MESSAGE_UPDATE THREAD_CREATE THREAD_UPDATE \
                    MESSAGE_DELETE CHANNEL_UPDATE THREAD_DELETE CHANNEL_DELETE GUILD_MEMBERS_CHUNK";
    assert_eq!(seen.join(" "), expected);
}

fn ping_command() -> Value {
    json!([{"name": "ping", "description": "Pings"}])
}

/// Registers `/ping` and answers nothing.
async fn with_ping(mut config: Config) -> (Handle, Rest) {
    config.limits.answer_within = Duration::from_millis(200);
    let server = Server::start(config).await.expect("a port");
    let rest = Rest::new(&server);
    let path = format!("applications/{}/guilds/{}/commands", server.bot(), server.guild(0).expect("a guild"));
    assert_eq!(rest.send("PUT", &path, Some(&ping_command())).await.expect("an answer").0, 200);
    (server, rest)
}

#[tokio::test]
async fn the_gateway_acknowledges_resumes_in_order_and_refuses_what_it_does_not_know() {
    let (server, _) = with_ping(config()).await;
    let (mut socket, session) = Socket::identified(&server).await;
    socket.send(json!({"op": 1, "d": 2})).await;
    assert_eq!(socket.next().await["op"], 11);
    server.drop_gateway();
    assert!(socket.next().await.get("close").is_some());
    server.duplicate_next();
    for _ in 0..2 {
        let unanswered = server.type_command("ana", "leads", "/ping").await.expect("sent");
        assert!(matches!(unanswered.got, Got::NoAnswer));
    }
    let mut socket = Socket::open(&server).await;
    let resume = json!({"token": "secret-token", "session_id": session, "seq": 2});
    socket.send(json!({"op": 6, "d": resume})).await;
    let mut events = Vec::new();
    for _ in 0..4 {
        let event = socket.next().await;
        events.push((event["t"].as_str().unwrap_or_default().to_owned(), event["s"].as_u64()));
    }
    let expected = ["INTERACTION_CREATE", "INTERACTION_CREATE", "INTERACTION_CREATE", "RESUMED"];
    assert_eq!(events, expected.iter().zip(3..).map(|(t, s)| ((*t).to_owned(), Some(s))).collect::<Vec<_>>());

    server.invalidate_sessions();
    assert_eq!(socket.next().await["op"], 9);
    let mut socket = Socket::open(&server).await;
    socket.send(json!({"op": 6, "d": resume_of("gone")})).await;
    assert_eq!(socket.next().await, json!({"op": 9, "d": false, "s": null, "t": null}));
    socket.send(json!({"op": 2, "d": {"token": "wrong"}})).await;
    assert_eq!(socket.next().await["close"], 4004);
    let mut socket = Socket::open(&server).await;
    socket.send(json!({"op": 99})).await;
    assert_eq!(socket.next().await["close"], 4001);
}

fn resume_of(session: &str) -> Value {
    json!({"token": "secret-token", "session_id": session, "seq": 0})
}

#[tokio::test]
async fn an_interaction_is_answered_once_in_fitting_ways_and_goes_to_the_newest_session() {
    let (server, rest) = with_ping(config()).await;
    let (_old, _) = Socket::identified(&server).await;
    let (mut socket, _) = Socket::identified(&server).await;
    let acting = server.clone();
    let person = tokio::spawn(async move { acting.type_command("ana", "leads", "/ping").await });
    let event = socket.next().await["d"].clone();
    let interaction: Interaction = serde_json::from_value(event.clone()).expect("serenity reads it");
    assert_eq!(interaction.kind(), InteractionType::Command);
    let token = event["token"].as_str().expect("a token");
    let callback = format!("interactions/{}/{token}/callback", interaction.id());
    let follow_up = format!("webhooks/{}/{token}", server.bot());
    let early = rest.post(&follow_up, &json!({"content": "early"})).await;
    assert_eq!((early.0, &early.1["code"]), (404, &json!(10015)));
    for unfit in [6, 7, 8, 1] {
        let (status, body) = rest.post(&callback, &json!({"type": unfit, "data": {"content": "x"}})).await;
        assert_eq!((status, &body["code"]), (400, &json!(50035)));
    }
    let (_, wrong) = rest.post(&callback, &json!({"type": 4, "data": {"content": ""}})).await;
    assert_eq!(wrong["code"], 50006, "a refused answer is none");
    assert_eq!(
        rest.post(&callback, &json!({"type": 4, "data": {"content": "pong", "flags": 64}})).await.0,
        204
    );
    let (status, body) = rest.post(&callback, &json!({"type": 4, "data": {"content": "again"}})).await;
    assert_eq!((status, &body["code"]), (400, &json!(40060)));
    let outcome = person.await.expect("joined").expect("sent");
    assert!(matches!(&outcome.got, Got::Message(m) if m.content == "pong" && m.is_ephemeral()));

    let original = format!("{follow_up}/messages/@original");
    let (status, edited) =
        rest.send("PATCH", &original, Some(&json!({"content": "pang"}))).await.expect("edited");
    assert_eq!((status, edited["flags"].as_u64()), (200, Some(64)));
    assert_eq!(rest.post(&follow_up, &json!({"content": "more"})).await.0, 200);
    assert_eq!(rest.send("DELETE", &original, None).await.expect("gone").0, 204);
    assert_eq!(
        rest.get(&format!("webhooks/{}/{token}/messages/@original", server.bot())).await.1["code"],
        10008
    );
    server.expire_tokens();
    assert_eq!(rest.post(&follow_up, &json!({"content": "late"})).await.1["code"], 50027);
}

// ---- the control interface ---------------------------------------------------------------------------

#[tokio::test]
async fn the_page_and_its_verbs_are_served_to_this_machine_only() {
    let bot = with_bot(config()).await;
    let client = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", bot.api_url());
    for path in ["/", "/app.js", "/text.js", "/messages.js", "/options.js", "/strip.js", "/style.css"] {
        assert_eq!(client.get(url(path)).send().await.expect("served").status(), 200);
    }
    let line = json!({"user": "ana", "channel": "leads", "text": "/echo text:hi"});
    let typed = client.post(url("/control/type")).json(&line).send().await.expect("sent");
    let typed: Value = typed.json().await.expect("JSON");
    assert_eq!((&typed["kind"], &typed["message"]["content"]), (&json!("message"), &json!("hi")));
    let wrong = json!({"user": "ana", "channel": "leads", "text": "/echo"});
    let wrong = client.post(url("/control/type")).json(&wrong).send().await.expect("sent");
    assert_eq!(wrong.status(), 422);
    let foreign = client.get(url("/control/view")).header("origin", "http://evil.example").send().await;
    assert_eq!(foreign.expect("answered").status(), 403);
    let view: Value = client
        .get(url("/control/view?as=ben&channel=leads"))
        .send()
        .await
        .expect("served")
        .json()
        .await
        .expect("JSON");
    assert_eq!(view["messages"].as_array().map(Vec::len), Some(1));
    let leads = view["channels"].as_array().expect("channels").iter().find(|c| c["name"] == "leads");
    assert_eq!(leads.expect("leads")["unread"], 1);
    assert_eq!(bot.user(Key::from("ben")).map(|b| b.to_string()).as_deref(), view["me"].as_str());
}
