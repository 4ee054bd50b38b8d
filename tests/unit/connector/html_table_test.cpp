#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/unit/connector/reading.hpp"

namespace brugwacht {
namespace {

std::string page_with(const std::string& body, const std::string& head = {}) {
    return "<html><head>" + head + "</head><body>" + body + "</body></html>";
}
std::string table_with(const std::string& rows) { return page_with("<table>" + rows + "</table>"); }

/// The whole of a tab of these bytes as CSV.
std::string tab_csv(const std::string& bytes, std::uint32_t tab) {
    const TempDir folder;
    write_bytes(folder / "file", bytes);
    const auto document = open_document(folder / "file");
    std::ostringstream out;
    write_peek(*document, {PeekFormat::Csv, std::to_string(tab), "file"}, out);
    return out.str();
}

/// Names of the tabs, joined with |.
std::string names_of(const std::string& bytes) {
    std::string names;
    for (const TabInfo& tab : info_of(bytes).tabs) names += (tab.index > 1 ? "|" : "") + tab.name;
    return names;
}

std::string codes_of(const std::string& bytes) {
    try {
        return warning_codes(bytes);
    } catch (const Error& error) {
        return error.what();
    }
}

struct Case {
    const char* what;
    std::string html;
    std::string expected;
};

TEST(HtmlTable, TextIsWhatABrowserShows) {
    const std::vector<Case> cases{
        {"folded", "<td>  Jan \n\t Peeters  </td>", "Jan Peeters\n"},
        {"line break", "<td>een<br>twee<BR/>drie<br></td>", "\"een\ntwee\ndrie\"\n"},
        {"blocks", "<td><p>een</p> <p>twee</p><div>drie</div>vier</td>", "\"een\ntwee\ndrie\nvier\"\n"},
        {"list", "<td><ul><li>a<li>b</ul></td>", "\"a\nb\"\n"},
        {"inline", "<td><b>Zo</b>&euml; <a href=\"x?a>b\">link</a></td>", "Zoë link\n"},
        {"named", "<td>&lt;&amp;&gt;&quot;&apos;&euro;&Eacute;&ndash;&Scaron;</td>", "\"<&>\"\"'€É–Š\"\n"},
        {"numeric", "<td>&#233;&#xE9;&#128;&#0;&#x110000;</td>", "éé€\xEF\xBF\xBD\xEF\xBF\xBD\n"},
        {"without semicolon", "<td>caf&eacute &copy 2025 AT&T &unknown; &</td>", "café © 2025 AT&T &unknown; &\n"},
        {"no-break blank", "<td>&nbsp;</td><td>a&nbsp;b</td>",
         ",a\u00a0"
         "b\n"},
        {"comment", "<td>a<!-- <td>x --><!--[if mso]>y<![endif]-->b</td>", "ab\n"},
        {"script", "<td>a<script>var t = \"<td>\";</script><style>td{}</style><noscript>uit</noscript>b</td>", "ab\n"},
        {"hidden", "<td><span style=\"DISPLAY: none\">20250901 <span>x</span></span>1 sep</td>", "1 sep\n"},
        {"preformatted", "<td><pre>a  b\n c</pre></td>", "\"a  b\n c\"\n"},
        {"stray <", "<td>3 < 4 <5</td>", "3 < 4 <5\n"},
        {"CDATA", "<td><![CDATA[a & <b>]]></td>", "a & <b>\n"},
        {"field", "<td><input type=\"text\" value=\"Jan &amp; co\"><input type=hidden value=x><input type=submit value=OK></td>",
         "Jan & co\n"},
        {"choice", "<td><select><option>a<option selected>b<option>c</select></td>", "b\n"},
        {"leading zeros", "<td>0042</td><td>1,50</td>", "0042,\"1,50\"\n"},
    };
    for (const Case& c : cases) EXPECT_EQ(peek_csv(table_with("<tr>" + c.html + "</tr>")), c.expected) << c.what;
}

TEST(HtmlTable, TickBoxesAreBoxesWithOrWithoutATick) {
    EXPECT_EQ(peek_csv(table_with("<tr><td><INPUT TYPE=\"CHECKBOX\" DISABLED CHECKED/><td><INPUT TYPE=\"CHECKBOX\" DISABLED/>"
                                  "<td><input type=checkbox checked=\"checked\"> Ja</tr>")),
              "\u2611,\u2610,\u2611 Ja\n");
}

TEST(HtmlTable, TagsMayBeUnclosedAndRowsImplied) {
    EXPECT_EQ(peek_csv("<table><tr><th>a<th>b<tr><td>1<td>2<tr><td>3"), "a,b\n1,2\n3,\n");
    EXPECT_EQ(peek_csv("<TABLE><TBODY><TR><TD>1</TD><TD>2</TABLE>tekst"), "1,2\n");
    EXPECT_EQ(peek_csv("<table><td>1</td><td>2</td></table>"), "1,2\n");
    EXPECT_EQ(peek_csv("<table><tr><td title='a>b' class=x>1</td>tussen</tr></table>"), "1\n");
    EXPECT_EQ(names_of("<table><tr><td>1</td></tr><table><tr><td>2</td></tr></table>"), "|")
        << "a table that was never closed ends at the next";
}

TEST(HtmlTable, SpansHoldTheirPlaceAndTheValueStandsInTheFirst) {
    EXPECT_EQ(peek_csv(table_with("<tr><td colspan=2>ab<td rowspan=3>c<td>d<tr><td>1<td rowspan=\"2\">2<td>3<tr><td>4<td>5")),
              "ab,,c,d\n1,2,,3\n4,,,5\n");
    EXPECT_EQ(peek_csv(table_with("<tbody><tr><td rowspan=0>a<td>b<tr><td>c</tbody><tbody><tr><td>d</tbody>")), "a,b\n,c\nd,\n");
    EXPECT_EQ(peek_csv(table_with("<tr><td colspan=0>a<td colspan=x>b<td colspan=-1>c")), "a,b,c\n");
}

TEST(HtmlTable, ExactValuesThatSpreadsheetProgramsNoteGoBeforeTheText) {
    const std::string styles =
        "<style><!-- .xl1 {color:red; mso-number-format:\"Short Date\";}\ntd.xl2, .xl3\n{mso-number-format:\"\\[h\\]\\:mm\\:ss\";} "
        ".xl4{mso-number-format:\"\\0022\\20AC\\0022\\#\\,\\#\\#0\\.00\";} --></style>";
    const std::vector<Case> cases{
        {"number", "<td x:num=\"1234.5678\">1.234,57</td>", "1234.5678\n"},
        {"as shown", "<td x:num>12</td>", "12\n"},
        {"as shown, but no number", "<td x:num>1.234,50</td>", "\"1.234,50\"\n"},
        {"date by class", "<td class=xl1 x:num=\"45901\">1/09/2025</td>", "2025-09-01\n"},
        {"duration by one of two classes", "<td class=\"a xl3\" x:num=\"1.0868055555555556\">26:05</td>", "26:05:00\n"},
        {"amount by class", "<td class=xl4 x:num=\"12.5\">€12,50</td>", "12.5\n"},
        {"date by style", "<td style='mso-number-format:\"dd\\/mm\\/yyyy\\ hh\\:mm\"' x:num=\"45901.4375\">x</td>",
         "2025-09-01T10:30:00\n"},
        {"text", "<td x:str=\"0042\">42</td>", "0042\n"},
        {"text as shown", "<td x:str x:num=\"1\">0042</td>", "0042\n"},
        {"boolean", "<td x:bool=\"TRUE\">WAAR</td>", "TRUE\n"},
        {"error", "<td x:err=\"#N/A\">#N/B</td>", "#N/A\n"},
        {"LibreOffice number", "<td sdval=\"0.25\" sdnum=\"1043;0;0%\">25%</td>", "0.25\n"},
        {"LibreOffice date", "<td sdval=\"45901\" sdnum=\"1033;0;YYYY-MM-DD\">2025-09-01</td>", "2025-09-01\n"},
        {"LibreOffice boolean", "<td sdval=\"1\" sdnum=\"1033;0;BOOLEAN\">WAAR</td>", "TRUE\n"},
        {"LibreOffice error", "<td sdval=\"0\" sdnum=\"1033;\">#N/A</td>", "#N/A\n"},
        {"LibreOffice note", "<td><a class=\"comment-indicator\"></a><comment>geheim</comment>a</td>", "a\n"},
        {"blanks that count", "<td>a<span style='mso-spacerun:yes'>\u00a0 </span>b</td>", "a  b\n"},
        {"format without a value", "<td class=xl1>45901</td>", "45901\n"},
    };
    for (const Case& c : cases) EXPECT_EQ(peek_csv(page_with("<table><tr>" + c.html + "</tr></table>", styles)), c.expected) << c.what;
}

TEST(HtmlTable, EveryTableIsATabNamedAfterItsCaptionOrHeading) {
    const std::string page = page_with(
        "<h1>Rapport</h1><table><tr><td>1</td></tr></table><h2>Leden <em>van</em>\n2025</h2><p>uitleg</p><table><tr><td>2</td></tr></table>"
        "<table><caption>Clubs &amp; co</caption><tr><td>3</td></tr></table><table><tr><td>4</td></tr></table><h3>" +
        std::string(300, 'x') + "</h3><table><tr><td>5</td></tr></table>");
    EXPECT_EQ(names_of(page), "Rapport|Leden van 2025|Clubs & co||");
    for (std::uint32_t tab = 5; tab >= 1; --tab) EXPECT_EQ(tab_csv(page, tab), std::to_string(tab) + "\n");
    const TempDir folder;
    write_bytes(folder / "file", page);
    const auto document = open_document(folder / "file");
    RawRow row;
    for (const std::uint32_t tab : {1U, 2U, 4U, 3U, 5U, 1U}) {
        const auto source = document->open_tab(tab);
        ASSERT_TRUE(source->next(row));
        EXPECT_EQ(row.cells[0].text, std::to_string(tab));
        EXPECT_FALSE(source->next(row));
    }
}

TEST(HtmlTable, ATableThatLaysOutOthersGivesWayAndATableInADataCellIsText) {
    const std::string data = "<table><tr><th>naam<th>club<tr><td>Jan<td>Judo<tr><td>Els<td>Zang</table>";
    EXPECT_EQ(peek_csv(page_with("<table><tr><td><img src=x>Titel</td></tr><tr><td>" + data + "</td></tr></table>")),
              "naam,club\nJan,Judo\nEls,Zang\n");
    EXPECT_EQ(info_of(page_with("<h1>Leden</h1><table><tr><td>" + data + "</td><td>" + data + "</td></tr></table>")).tabs.size(), 2U);
    EXPECT_EQ(names_of(page_with("<h1>Leden</h1><table><tr><td>" + data + "</td></tr></table>")), "Leden");
    EXPECT_EQ(peek_csv(table_with("<tr><td>a<td>b<td>c<tr><td>d<td><table><tr><td>x<td>y</table><td>e<tr><td>f<td>g<td>h")),
              "a,b,c\nd,x y,e\nf,g,h\n");
}

TEST(HtmlTable, TheEncodingIsThatOfTheMarkTheBytesOrTheDeclaration) {
    const std::string utf8 = "<table><tr><td>Zoë</td></tr></table>";
    const std::string latin = "<table><tr><td>Zo\xeb</td></tr></table>";
    EXPECT_EQ(info_of(utf8).encoding, "utf-8");
    EXPECT_EQ(info_of("<meta charset=iso-8859-1>" + utf8).encoding, "utf-8") << "sound UTF-8 whatever it says";
    EXPECT_EQ(peek_csv("<meta charset=iso-8859-1>" + utf8), "Zoë\n");
    EXPECT_EQ(info_of("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">" + latin).encoding, "windows-1252");
    EXPECT_EQ(peek_csv("<meta charset='iso-8859-15'><table><tr><td>\xa4</td></tr></table>"), "€\n");
    EXPECT_EQ(peek_csv(latin), "Zoë\n");
    EXPECT_EQ(info_of("\xef\xbb\xbf" + utf8).encoding, "utf-8");
    std::string wide = "\xff\xfe";
    for (const char c : std::string("<html><table><tr><td>Jan</td></tr></table></html>")) wide += {c, '\0'};
    EXPECT_EQ(peek_csv(wide), "Jan\n");
    EXPECT_EQ(info_of(utf8).kind, "html_table");
    ReadOptions options;
    options.encoding = "windows-1252";
    EXPECT_EQ(peek_csv(utf8, options), "ZoÃ«\n");
    options.encoding = "klingon";
    EXPECT_EQ(peek_csv(utf8, options), "FIL-022");
}

TEST(HtmlTable, ASingleFileWebPageIsReadThroughItsMail) {
    const std::string mail =
        "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=\"----=_NextPart_01\"\r\n\r\nThis "
        "document is a "
        "Web archive.\r\n\r\n------=_NextPart_01\r\nContent-Location: file:///C:/x.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        "Content-Type: text/html; charset=\"windows-1252\"\r\n\r\n<html "
        "xmlns:x=3D\"urn:schemas-microsoft-com:office:excel\"><head>\r\n<!--[if gte mso "
        "9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>Leden</x:Name></x:ExcelWorksheet></x:ExcelWorksheets></"
        "x:ExcelWorkbook>"
        "</xml><![endif]--></head><frameset></frameset></html>\r\n\r\n------=_NextPart_01\r\nContent-Location: "
        "file:///C:/x_files/stylesheet.css\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/css; "
        "charset=\"windows-1252\"\r\n\r\n"
        ".xl1\r\n\t{mso-number-format:\"Short Date\";}\r\n------=_NextPart_01\r\nContent-Location: "
        "file:///C:/x_files/tabstrip.htm\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; "
        "charset=\"windows-1252\"\r\n\r\n"
        "<table><tr><td>Leden</td></tr></table>\r\n------=_NextPart_01\r\nContent-Location: file:///C:/x_files/sheet001.htm\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"windows-1252\"\r\n\r\n<table><tr><td>Zo=EB "
        "=\r\nD.</td><td "
        "class=3Dxl1 x:num=3D\"45901\">1/09/2025</td></tr></table>\r\n------=_NextPart_01--\r\n";
    EXPECT_EQ(peek_csv(mail), "Zoë D.,2025-09-01\n");
    EXPECT_EQ(names_of(mail), "Leden");
    EXPECT_EQ(info_of(mail).kind, "html_table");
    EXPECT_EQ(info_of(mail).encoding, "windows-1252");
    for (std::size_t size = 200; size < mail.size(); size += 7) peek_csv(mail.substr(0, size));
    std::string packed = mail;
    const std::size_t start = packed.find("<table><tr><td>Zo");
    packed.replace(start, packed.find("------", start) - start, "PHRhYmxlPjx0cj48\r\ndGQ+Wm/rPC90ZD4=\r\n");
    packed.replace(packed.rfind("quoted-printable"), 16, "base64");
    EXPECT_EQ(peek_csv(packed), "Zoë\n");
}

TEST(HtmlTable, APageWithoutTablesSaysSo) {
    EXPECT_EQ(peek_csv("<!DOCTYPE html><html><body><p>Niets</p></body></html>"), "HTM-001");
    EXPECT_EQ(peek_csv("<html><script>document.write('<table><tr><td>x</table>')</script></html>"), "HTM-001");
    EXPECT_EQ(peek_csv("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/plain\n\na\n--x--\n"),
              "HTM-001");
}

TEST(HtmlTable, AnXhtmlPageIsAPage) {
    EXPECT_EQ(peek_csv("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" "
                       "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><style "
                       "type=\"text/css\"/></head><body><table><tr><td>Zoë<br/>x</td><td/><td>2</td></tr></table></body></html>"),
              "\"Zoë\nx\",,2\n");
}

TEST(HtmlTable, CutAnywhereItGivesWhatStandsBefore) {
    const std::string whole = table_with("<tr><td class=\"x\">a &amp; b</td><td>c</td></tr><!-- noot --><tr><td>d</td></tr>");
    for (std::size_t size = whole.find("c</td>"); size < whole.size(); ++size)
        EXPECT_EQ(peek_csv(whole.substr(0, size)).substr(0, 5), "a & b") << size;
}

TEST(HtmlTable, HostilePagesEndSoonAndWithinBounds) {
    const auto start = std::chrono::steady_clock::now();
    const auto many = [](const std::string& piece, int times) {
        std::string result;
        for (int i = 0; i < times; ++i) result += piece;
        return result;
    };
    EXPECT_EQ(codes_of(page_with(many("<table><tr><td>", 1000000) + "diep")), "");
    EXPECT_EQ(codes_of(page_with(many("<table>", 1000000))), "XLS-008");
    EXPECT_EQ(codes_of(page_with(many("<table><tr><td>1</table>", 20000))), "XLS-008");
    EXPECT_EQ(peek_csv(table_with("<tr><td>a" + many("<div><b>", 1000000))), "a\n");
    EXPECT_EQ(codes_of(table_with("<tr>" + many("<td>1", 100000))), "XLS-034");
    EXPECT_EQ(codes_of(table_with(many("<tr>" + many("<td colspan=1000 rowspan=65534>", 20), 3000))), "");
    EXPECT_EQ(codes_of(table_with("<tr>" + many("<td colspan=1000 rowspan=0>", 17) + many("<tr><td>", 100000))), "HTM-002");
    EXPECT_EQ(peek_csv(table_with("<tr><td>a<td title=\"" + many("x", 1000000))), "a\n");
    EXPECT_EQ(codes_of(table_with("<tr><td title=\"" + many("x", 40 << 20))), "XLS-010");
    EXPECT_EQ(peek_csv(table_with("<tr><td>a<!-- " + many("-", 1000000))), "a\n");
    EXPECT_EQ(peek_csv(table_with("<tr><td>" + many("&", 1000000))).size(), 1000001U);
    EXPECT_EQ(peek_csv(table_with("<tr><td>" + many("<", 1000000))).size(), 1000001U);
    const std::string mail =
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Transfer-Encoding: "
        "quoted-printable\nContent-Type: text/html\n\n<table><tr><td>a<td>";
    EXPECT_EQ(peek_csv(mail + many("xxxxxxxxxxxxxxxxxxxxxxxx=\n", 200000)).size(), 4800003U);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(120));
}

}  // namespace
}  // namespace brugwacht
