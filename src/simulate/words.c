#include "simulate/words.h"

#define W(text) {text, sizeof(text) - 1}
#define COUNT(a) (sizeof(a) / sizeof *(a))

const ash_share ash_words_shares[ASH_SHARE_COUNT] = {
    {"kyoyu", "backupvol", "/srv/kyoyu"},
    {"gijutsu", "backupgij", "/srv/gijutsu"},
    {"総務共有", "backupsmu", "/srv/soumu_jp"},
};

const ash_dept ash_words_depts[ASH_DEPT_COUNT] = {
    {W("営業部"), 0, 22, 14, false, false,
     {W("見積書"), W("顧客リスト"), W("提案資料"), W("契約書")}},
    {W("開発部"), 1, 20, 16, false, false,
     {W("設計書"), W("試験成績"), W("議事録"), W("ソース")}},
    {W("製造部"), 1, 18, 14, false, false,
     {W("図面"), W("工程表"), W("作業手順"), W("検査記録")}},
    {W("品質保証部"), 1, 7, 8, false, false,
     {W("監査"), W("不具合報告"), W("検査成績書"), W("是正処置")}},
    {W("経理部"), 0, 6, 8, false, false,
     {W("税務"), W("決算"), W("請求書"), W("経費精算")}},
    {W("購買部"), 0, 5, 7, false, false,
     {W("発注書"), W("仕入先評価"), W("単価表"), W("検収")}},
    {W("総務部"), 2, 5, 6, false, false,
     {W("規程"), W("稟議"), W("施設管理"), W("株主総会")}},
    {W("広報室"), 2, 2, 3, false, false,
     {W("プレスリリース"), W("写真素材"), W("取材対応"), W("Webサイト")}},
    {W("法務部"), 0, 3, 4, false, false,
     {W("契約"), W("知財"), W("訴訟"), W("コンプライアンス")}},
    {W("IT"), 0, 4, 5, false, true,
     {W("backup"), W("network"), W("licenses"), W("scripts")}},
    {W("海外事業部"), 0, 5, 6, false, true,
     {W("North America"), W("Asia Pacific"), W("輸出管理"), W("Contracts")}},
    {W("Public"), 0, 0, 5, false, true,
     {W("templates"), W("forms"), W("manuals"), W("photos")}},
    {W("人事部"), 0, 3, 3, true, false,
     {W("給与"), W("採用"), W("評価"), W("労務")}},
    {W("役員室"), 0, 1, 1, true, false,
     {W("秘"), W("取締役会"), W("経営計画"), W("M&A")}},
};

const ash_doc_kind ash_words_kinds[] = {
    {W("見積書"), W(".xlsx")},       {W("請求書"), W(".pdf")},
    {W("契約書"), W(".docx")},       {W("議事録"), W(".docx")},
    {W("図面"), W(".dxf")},          {W("写真"), W(".jpg")},
    {W("データ"), W(".csv")},        {W("report"), W(".pdf")},
    {W("memo"), W(".txt")},          {W("presentation"), W(".pptx")},
    {W("仕様書"), W(".docx")},       {W("試験成績書"), W(".pdf")},
    {W("工程表"), W(".xlsx")},       {W("発注書"), W(".pdf")},
    {W("打合せ資料"), W(".pptx")},   {W("チェックリスト"), W(".xlsx")},
    {W("schedule"), W(".xlsx")},     {W("納品書"), W(".pdf")},
};
const size_t ash_words_kind_count = COUNT(ash_words_kinds);

const ash_word ash_words_exts[] = {
    W(".pdf"), W(".docx"), W(".xlsx"), W(".pptx"), W(".dxf"),
    W(".jpg"), W(".txt"),  W(".csv"),  W(".xlsm"), W(".zip"),
};
const size_t ash_words_ext_count = COUNT(ash_words_exts);

const ash_word ash_words_clients[] = {
    W("北日本物流"),   W("東和電機"),     W("株式会社青空商事"), W("山本製作所"),
    W("三河精密工業"), W("㈱ミナト"),     W("Northwind Trading"), W("Contoso Japan"),
    W("大和樹脂"),     W("みなと銀行"),   W("第一化成"),          W("ヒカリ電子"),
    W("西都建設"),     W("南海汽船"),     W("Fabrikam KK"),       W("中央計測"),
    W("さくら食品"),   W("富士見鋼業"),   W("Adventure Works"),   W("丸三運輸"),
    W("琵琶湖精機"),   W("関東ガス設備"), W("エヌ・ケイ産業"),    W("瀬戸内造船"),
};
const size_t ash_words_client_count = COUNT(ash_words_clients);

const ash_word ash_words_themes[] = {
    W("設備更新"),       W("基幹システム移行"), W("新製品立上げ"),     W("価格改定"),
    W("保守契約"),       W("工場移転"),         W("品質改善活動"),     W("原価低減"),
    W("展示会"),         W("監査対応"),         W("サーバ更改"),       W("海外展開"),
    W("renewal"),        W("kick-off"),         W("在庫適正化"),       W("省エネ診断"),
    W("安全衛生"),       W("教育研修"),         W("業務委託"),         W("共同研究"),
    W("試作評価"),       W("RFP回答"),          W("定例会"),           W("クレーム対応"),
};
const size_t ash_words_theme_count = COUNT(ash_words_themes);

const ash_word ash_words_subs[] = {
    W("旧"),         W("old"),        W("copy"),       W("バックアップ"),
    W("提出版"),     W("写真"),       W("01_見積"),    W("02_仕様"),
    W("作業中"),     W("参考資料"),   W("送付済み"),   W("data"),
    W("新しいフォルダー"), W("打合せ"), W("確認用"),   W("最終版"),
};
const size_t ash_words_sub_count = COUNT(ash_words_subs);

const ash_word ash_words_new_names[] = {
    W("新規メモ"),
    W("新規 Microsoft Excel ワークシート"),
    W("打合せメモ"),
    W("Book1"),
    W("下書き"),
    W("文書1"),
};
const size_t ash_words_new_name_count = COUNT(ash_words_new_names);

const char *const ash_words_surnames[] = {
    "tanaka",   "suzuki",   "sato",     "yamada",   "ito",       "watanabe", "kobayashi",
    "nakamura", "kato",     "takahashi", "yoshida", "sasaki",    "yamaguchi", "matsumoto",
    "inoue",    "kimura",   "hayashi",  "shimizu",  "saito",     "yamazaki", "mori",
    "abe",      "ikeda",    "hashimoto", "ishikawa", "ogawa",    "maeda",    "okada",
    "hasegawa", "fujita",   "goto",     "kondo",    "murakami",  "endo",     "aoki",
    "sakamoto", "fujii",    "nishimura", "fukuda",  "ota",       "miura",    "okamoto",
    "matsuda",  "nakagawa", "nakano",   "harada",   "ono",       "tamura",   "takeuchi",
    "kaneko",   "wada",     "nakayama", "ishida",   "ueda",      "morita",   "hara",
    "shibata",  "sakai",    "kudo",     "yokoyama", "miyazaki",  "miyamoto", "uchida",
    "takagi",   "ando",     "taniguchi", "ohno",    "maruyama",  "imai",     "takada",
};
const size_t ash_words_surname_count = COUNT(ash_words_surnames);
