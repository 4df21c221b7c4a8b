// The page's own words in English and Chinese. Titles, units and words of states are the board's and stay as they are.

const WORDS = {
  en: {
    live: "Live", stale: "Stale", disconnected: "Disconnected", paused: "Paused", connecting: "Connecting", snapshot: "Snapshot",
    live_say: "newest row {newest} old, refreshed {refreshed} ago", live_say_plain: "refreshed {refreshed} ago",
    stale_rows: "no new row for {newest}", stale_job: "job {job} is {state}, newest row {newest} old",
    stale_job_none: "no job fills this page, newest row {newest} old", never: "never",
    lost_server: "no answer from the server since {since}", lost_database: "the database is gone since {since}",
    values_old: "values are {age} old", paused_say: "paused at {since}", connecting_say: "waiting for the first values",
    snapshot_say: "as of {since}, not live", refused: "the server refuses: {why}", denied: "the server refuses this page: its token is missing or has changed",
    pause: "Pause", resume: "Resume", menu: "View", theme: "Colours", theme_auto: "As the system", theme_dark: "Dark", theme_light: "Light",
    language: "Language", zone: "Times", zone_local: "Local ({zone})", zone_utc: "UTC", wall: "Wall mode", wall_off: "Leave wall mode",
    full: "Full screen", full_off: "Leave full screen", boards: "Pages", explore: "Explore records", filters: "Parameters",
    enlarge: "Enlarge", sql: "SQL and node", csv: "Download as CSV", close: "Close", chart: "Picture", data: "Data", copy: "Copy", copied: "Copied",
    filled_by: "Filled by", query_at: "Written in", rows_n: "{n} rows", row_1: "1 row", rows_cut: "the first {n} rows", took: "query took {ms} ms",
    no_rows: "No rows", loading: "Loading", value_missing: "no value", nan: "not a number", now: "now", ago: "{age} ago", old: "{age} old",
    error_query: "The query failed", error_timeout: "The query took too long", error_database: "The database does not answer",
    error_page: "This tile can't be drawn", error_file: "The page's file is wrong here", error_since: "since {since}", shown_old: "values of {time}",
    up: "up {delta}", down: "down {delta}", same: "unchanged", before: "before",
    low: "low", high: "high", other: "other", total: "{n} in all", others_n: "and {n} more", series_cut: "{shown} of {n} lines",
    map_zoom_in: "Closer", map_zoom_out: "Farther", map_world: "Whole world", places_n: "{n} places", countries_n: "{n} countries",
    grid_keys: "Arrow keys walk over the cells", sort_by: "Sort by {column}", choose: "Choose {value}", all: "All",
    range_min: "Last {n} min", range_h: "Last {n} h", range_d: "Last {n} days", no_boards: "This project has no page yet: write dashboards/NAME.yml",
    board_gone: "There is no page `{name}`", load_failed: "The page's description can't be loaded: {why}", problems_n: "Mistakes in this page's file: {n}",
    from: "from", unknown: "unknown", yes: "yes", no: "no", skip: "Skip to the tiles", tile_status: "Status", legend: "Legend",
    ex_title: "Explore records", ex_intro: "Records of a node as they pass. Nothing is written; choose a node.", ex_nodes: "Nodes", ex_find: "Find a node",
    ex_source: "Sources", ex_transform: "Transforms", ex_sink: "Sinks", ex_rate: "{rate} records/s", ex_seen: "{n} records seen", ex_kept: "{n} match",
    ex_filter: "Filter {column}", ex_filter_short: "filter", ex_filter_hint: "part of a text, =text, >5, <=5, null, !part", ex_counts: "Values of {column}", ex_distinct: "{n} different", ex_waiting: "Waiting for records: Flink starts the query",
    ex_ended: "All records were read", ex_kind: "change", ex_columns: "Columns", ex_last: "the newest {n} are kept", ex_pick: "Count by", ex_clear: "Clear filters", ex_none: "No record matches the filters",
    ex_stop: "Stop", ex_start: "Start again", ex_stopped: "Stopped", ex_of: "{share} of {n}", type: "type", column: "column",
  },
  zh: {
    live: "实时", stale: "数据陈旧", disconnected: "已断开", paused: "已暂停", connecting: "正在连接", snapshot: "快照",
    live_say: "最新数据 {newest}前，{refreshed}前刷新", live_say_plain: "{refreshed}前刷新",
    stale_rows: "{newest}内没有新数据", stale_job: "作业 {job} 状态为 {state}，最新数据 {newest}前",
    stale_job_none: "没有作业写入此页面，最新数据 {newest}前", never: "从未",
    lost_server: "自 {since} 起服务器无响应", lost_database: "自 {since} 起数据库不可用",
    values_old: "数值为 {age}前", paused_say: "于 {since} 暂停", connecting_say: "正在等待首批数据",
    snapshot_say: "截至 {since}，非实时", refused: "服务器拒绝：{why}", denied: "服务器拒绝访问：令牌缺失或已更改",
    pause: "暂停", resume: "继续", menu: "显示", theme: "配色", theme_auto: "跟随系统", theme_dark: "深色", theme_light: "浅色",
    language: "语言", zone: "时间", zone_local: "本地 ({zone})", zone_utc: "UTC", wall: "大屏模式", wall_off: "退出大屏模式",
    full: "全屏", full_off: "退出全屏", boards: "页面", explore: "浏览记录", filters: "参数",
    enlarge: "放大", sql: "SQL 与节点", csv: "下载 CSV", close: "关闭", chart: "图形", data: "数据", copy: "复制", copied: "已复制",
    filled_by: "数据来自", query_at: "定义于", rows_n: "{n} 行", row_1: "1 行", rows_cut: "前 {n} 行", took: "查询耗时 {ms} 毫秒",
    no_rows: "没有数据", loading: "加载中", value_missing: "无值", nan: "非数字", now: "刚刚", ago: "{age}前", old: "{age}前",
    error_query: "查询失败", error_timeout: "查询超时", error_database: "数据库无响应",
    error_page: "无法绘制此图块", error_file: "页面文件此处有误", error_since: "自 {since} 起", shown_old: "{time} 的数值",
    up: "上升 {delta}", down: "下降 {delta}", same: "不变", before: "之前",
    low: "下限", high: "上限", other: "其他", total: "共 {n}", others_n: "另有 {n} 项", series_cut: "显示 {n} 条中的 {shown} 条",
    map_zoom_in: "放大", map_zoom_out: "缩小", map_world: "全球", places_n: "{n} 个地点", countries_n: "{n} 个国家/地区",
    grid_keys: "用方向键浏览单元格", sort_by: "按 {column} 排序", choose: "选择 {value}", all: "全部",
    range_min: "最近 {n} 分钟", range_h: "最近 {n} 小时", range_d: "最近 {n} 天", no_boards: "此项目还没有页面：请编写 dashboards/NAME.yml",
    board_gone: "没有名为 `{name}` 的页面", load_failed: "无法加载页面定义：{why}", problems_n: "页面文件中的错误：{n}",
    from: "自", unknown: "未知", yes: "是", no: "否", skip: "跳到图块", tile_status: "状态", legend: "图例",
    ex_title: "浏览记录", ex_intro: "节点的实时记录。不写入任何数据；请选择一个节点。", ex_nodes: "节点", ex_find: "查找节点",
    ex_source: "数据源", ex_transform: "转换", ex_sink: "结果表", ex_rate: "每秒 {rate} 条", ex_seen: "已读 {n} 条", ex_kept: "匹配 {n} 条",
    ex_filter: "筛选 {column}", ex_filter_short: "筛选", ex_filter_hint: "文本片段、=文本、>5、<=5、null、!片段", ex_counts: "{column} 的取值", ex_distinct: "{n} 个不同值", ex_waiting: "正在等待记录：Flink 正在启动查询",
    ex_ended: "记录已全部读完", ex_kind: "变更", ex_columns: "列", ex_last: "保留最新 {n} 条", ex_pick: "计数列", ex_clear: "清除筛选", ex_none: "没有匹配的记录",
    ex_stop: "停止", ex_start: "重新开始", ex_stopped: "已停止", ex_of: "{n} 的 {share}", type: "类型", column: "列",
  },
};

export const LANGUAGES = { en: "English", zh: "中文" };
const chosen = { language: "en" };

/** Sets the language of all later words, and the document's. */
export function speak(language) {
  chosen.language = language in WORDS ? language : "en";
  document.documentElement.lang = chosen.language;
}

/** The language at hand, as `Intl` takes it. */
export function locale() {
  return chosen.language === "zh" ? "zh-CN" : "en-GB";
}

/** A word or sentence, with `{name}` filled in. */
export function t(key, values = {}) {
  const text = WORDS[chosen.language][key] ?? WORDS.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Whether both languages have the same keys: for tests. */
export function sameKeys() {
  const [en, zh] = [Object.keys(WORDS.en), Object.keys(WORDS.zh)];
  return { missing: en.filter((key) => !zh.includes(key)), extra: zh.filter((key) => !en.includes(key)) };
}
